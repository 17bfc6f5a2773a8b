/**
 * What a prompt shows of what it is about: cues from a lexicon in five languages and from the shape of the text. Topic, task and
 * complexity are all weighed from these, so that the text is read once.
 */
import { CUES, type Cue } from './cue'
import { Lexicon } from './lexicon'
import { CHINESE } from './phrases/chinese'
import { ENGLISH } from './phrases/english'
import { FRENCH } from './phrases/french'
import { GERMAN } from './phrases/german'
import { SPANISH } from './phrases/spanish'
import { type Shape, shapeOf } from './shape'
import { proseOf, type Reading } from './text'
import { fold, type Words, wordsOf } from './words'

const LEXICON = new Lexicon<Cue>()
for (const phrases of [ENGLISH, GERMAN, FRENCH, SPANISH, CHINESE]) for (const cue of CUES) LEXICON.add(cue, phrases[cue])

/** What is asked stands at the beginning or the end; between them there is often quoted material. */
const EDGE_CHARACTERS = 180
const EDGE = 1
const MIDDLE = 0.25
/** The first words of a turn, where imperatives stand. */
const OPENING_WORDS = 4
const OPENING = 1.5
/** The whole middle may not say more of one cue than this, nor everything together more than `MOST`. */
const MOST_MIDDLE = 0.5
const MOST = 2
/** Earlier turns and the system message are background: they decide where the last turn says nothing ("and now shorter"). */
const BACKGROUND = 0.3
const MOST_BACKGROUND = 0.6

export interface Evidence {
  /** 0 to 2: how strongly the cue shows, 1 being one plain mention. */
  readonly strength: Readonly<Record<Cue, number>>
  readonly shape: Shape
  /** Words of the last user turn's prose, as far as it was read. */
  readonly words: number
  /** How many constraints were counted, wherever they stand. */
  readonly constraints: number
}

const silent = (): Record<Cue, number> => ({
  greet: 0,
  write: 0,
  fiction: 0,
  roleplay: 0,
  document: 0,
  transform: 0,
  extract: 0,
  code: 0,
  maths: 0,
  quantity: 0,
  device: 0,
  fault: 0,
  service: 0,
  fact: 0,
  advice: 0,
  howto: 0,
  ask: 0,
  reason: 0,
  constraint: 0,
})

export function evidenceOf(reading: Reading): Evidence {
  const prose = fold(proseOf(reading.last))
  const last = wordsOf(prose)
  const edge = silent()
  const middle = silent()
  let constraints = 0
  LEXICON.find(last, (cue, at) => {
    if (cue === 'constraint') constraints++
    if (cue === 'ask' && at >= OPENING_WORDS) return
    const start = last.starts[at] ?? 0
    if (at < OPENING_WORDS) edge[cue] += OPENING
    else if (start < EDGE_CHARACTERS || start > prose.length - EDGE_CHARACTERS) edge[cue] += EDGE
    else middle[cue] += MIDDLE
  })
  const behind = silent()
  const background = fold(proseOf(`${reading.earlier}\n${reading.system}`))
  LEXICON.find(wordsOf(background), cue => {
    if (cue !== 'ask' && cue !== 'greet') behind[cue] += BACKGROUND
  })
  const strength = silent()
  for (const cue of CUES)
    strength[cue] = Math.min(MOST, edge[cue] + Math.min(MOST_MIDDLE, middle[cue]) + Math.min(MOST_BACKGROUND, behind[cue]))
  return { strength, shape: shapeOf(reading.last), words: countWords(last), constraints }
}

/** Two Chinese characters make about one word. */
function countWords({ words }: Words): number {
  let count = 0
  for (const word of words) count += word.length === 1 && word.charCodeAt(0) >= 0x3000 ? 0.5 : 1
  return Math.ceil(count)
}
