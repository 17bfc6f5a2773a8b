/**
 * How creative a model's answers to briefs are, as far as counting can tell: constraints kept × diversity of words × novelty. Each is in 0 to 1, and the
 * product is high only where all three are: whoever ignores the brief, repeats words, or tells everyone the same story is marked down.
 *
 * It does not know a good story from a bad one; a judge model may add an opinion (`contest.ts`).
 */
import { fold, wordsOf } from '../context/words'
import { plainOf } from './final-answer'

/** Words per window: as long as the shortest briefs ask for, so that long answers are not marked down for their length. */
const WINDOW_WORDS = 25
/** Words per phrase: three in a row that come twice are seldom chance. */
const PHRASE_WORDS = 3

export const tokensOf = (answer: string): readonly string[] => wordsOf(fold(plainOf(answer))).words

/**
 * The share of words that are distinct, on average over all windows of 25 words (Covington and McFall, "Cutting the Gordian knot: the moving-average
 * type–token ratio", 2010): the plain ratio falls with a text's length, this does not. Chinese counts characters. 0 of nothing.
 */
export function diversity(tokens: readonly string[]): number {
  if (tokens.length === 0) return 0
  const size = Math.min(WINDOW_WORDS, tokens.length)
  const windows = tokens.length - size + 1
  let distinct = 0
  for (let start = 0; start < windows; start++) distinct += new Set(tokens.slice(start, start + size)).size
  return distinct / (windows * size)
}

/** The share of an answer's phrases that stand in none of `others`: what the same model wrote to other briefs. 1 where there are no phrases to compare. */
export function novelty(tokens: readonly string[], others: readonly (readonly string[])[]): number {
  const own = phrasesOf(tokens)
  if (own.size === 0) return 1
  const known = new Set(others.flatMap(other => [...phrasesOf(other)]))
  let fresh = 0
  for (const phrase of own) if (!known.has(phrase)) fresh++
  return fresh / own.size
}

function phrasesOf(tokens: readonly string[]): ReadonlySet<string> {
  const phrases = new Set<string>()
  for (let end = PHRASE_WORDS; end <= tokens.length; end++) phrases.add(tokens.slice(end - PHRASE_WORDS, end).join(' '))
  return phrases
}

export interface Written {
  readonly brief: string
  readonly text: string
  /** Share of the brief's constraints that hold. */
  readonly satisfaction: number
}

/** One figure per answer of one model. Another answer to the same brief is not held against it: that it repeats is what was asked. */
export function creativities(written: readonly Written[]): readonly number[] {
  const tokens = written.map(({ text }) => tokensOf(text))
  return written.map(({ brief, satisfaction }, index) => {
    const own = tokens[index] ?? []
    const others = tokens.filter((_, other) => written[other]?.brief !== brief)
    return satisfaction * diversity(own) * novelty(own, others)
  })
}
