/**
 * Rows made examples: which rows teach what. What may only be measured (AlpacaEval and CMMLU for their licences; FLASK and AlignBench, which
 * name none, and are there to see how the classifier does on sets it knows nothing of) teaches nothing.
 */
import { createRandom } from '../../src/algorithm/random'
import type { Random } from '../../src/algorithm/sampling'
import { TOPICS } from '../../src/context/features'
import { bagOf } from './bag'
import type { GainExample } from './gain'
import type { LinearExample } from './linear'
import { OWN, type Pairs, type Row } from './rows'

export const MEASURED_ONLY: readonly string[] = ['alpaca_eval', 'cmmlu', 'flask', 'alignbench']

export const SOURCES: readonly string[] = [
  'RouteLLM (outcomes on MMLU, GSM8K): Apache-2.0; MMLU, GSM8K: MIT',
  'MMLU-Pro: Apache-2.0',
  'ZeroEval (GSM8K, CRUX, MATH): Apache-2.0; CRUXEval, MATH: MIT',
  'RouterBench as kept in RouterDC (MBPP, WinoGrande): MIT by its card',
  'LLMRouter: MIT',
  'Auto-J (scenario labels; prompts largely of Chatbot Arena, CC-BY-4.0): no licence file',
  'NLU-Evaluation-Corpora (Ask Ubuntu, Web Applications): CC-BY-SA-3.0',
  'CLINC150: CC-BY-3.0',
  'prompts and phrases written for this repository: MIT',
]

/** Open questions, as people ask them. */
const OPEN: readonly string[] = [OWN, 'autoj', 'techsupport', 'clinc150']
/** How much a row's topic counts. Exams have thousands of rows of one topic; a few of them say as much. */
const TOPIC_WEIGHT: Readonly<Record<string, number>> = { [OWN]: 6, autoj: 2, techsupport: 3 }
const OTHER_WEIGHT = 0.3
const OTHER_ROWS = 250
/** To tell exams from open questions takes more. */
const EXAM_ROWS = 2_500
/** What Auto-J calls pulling out or sorting. */
const EXTRACTING: readonly string[] = [
  'information_extraction',
  'classification_identification',
  'keywords_extraction',
  'topic_modeling',
]
const NOISE = 400
const NOISE_WEIGHT = 10

export const SMALL_TALK = { dataset: 'clinc150', category: 'small_talk' } as const

const topicsOf = ({ topics, dataset, category }: Row): readonly number[] =>
  dataset === SMALL_TALK.dataset && category === SMALL_TALK.category
    ? [TOPICS.indexOf('chitchat')]
    : topics.map(topic => TOPICS.indexOf(topic))

export function linearExamples(rows: readonly Row[]): readonly LinearExample[] {
  const taken = new Map<string, number>()
  const examples = rows.flatMap((row): LinearExample[] => {
    const { dataset, category, complexity } = row
    if (MEASURED_ONLY.includes(dataset)) return []
    const topics = topicsOf(row)
    const kind = dataset === 'clinc150' && topics.length > 0 ? 'small talk' : dataset
    const weight = TOPIC_WEIGHT[dataset]
    const before = taken.get(kind) ?? 0
    if (weight === undefined && before >= EXAM_ROWS) return []
    taken.set(kind, before + 1)
    return [
      {
        bag: bagOf(row.prompt),
        topics: weight === undefined && before >= OTHER_ROWS ? [] : topics,
        extract: dataset === 'autoj' ? EXTRACTING.includes(category) : undefined,
        complexity: dataset === OWN ? complexity : undefined,
        isOpen: OPEN.includes(dataset),
        weight: weight ?? OTHER_WEIGHT,
      },
    ]
  })
  return [...examples, ...noise(createRandom(NOISE))]
}

/** Keys pressed at random are about nothing, in whichever script: without them the likeliest topic would be guessed. */
function noise(random: Random): readonly LinearExample[] {
  const pick = (from: string): string => from[Math.floor(random() * from.length)] ?? ''
  const alphabets = ['qwertzuiopasdfghjklyxcvbnm', '0123456789', '.,;:-_#+!?()', 'qwertyuiopasdfghjklzxcvbnm 0123456789']
  return Array.from({ length: NOISE }, () => {
    const words = Array.from({ length: 1 + Math.floor(random() * 6) }, () => {
      const alphabet = alphabets[Math.floor(random() * random() * alphabets.length)] ?? ''
      return Array.from({ length: 1 + Math.floor(random() * 9) }, () => pick(alphabet)).join('')
    })
    return {
      bag: bagOf(words.join(' ')),
      topics: TOPICS.map((_, index) => index),
      extract: undefined,
      complexity: undefined,
      isOpen: undefined,
      weight: NOISE_WEIGHT,
    }
  })
}

/** How many questions make the mean of their subject firm. */
const FIRM = 20

export function gainOf({ dataset, outcomes, contaminated }: Row, pairs: Pairs): number | undefined {
  const pair = pairs.get(dataset)
  const strong = pair && outcomes?.[pair.strong]
  const weak = pair && outcomes?.[pair.weak]
  return strong === undefined || weak === undefined || contaminated ? undefined : strong - weak
}

/** Whether the weak model of the row's data set did not do. */
export function weakFailed({ dataset, outcomes, contaminated }: Row, pairs: Pairs): number | undefined {
  const pair = pairs.get(dataset)
  const weak = pair && outcomes?.[pair.weak]
  return weak === undefined || contaminated ? undefined : 1 - weak
}

/** Of what a single question tells, against the mean of its subject; where a set has but one subject, only questions tell anything. */
const OWN_SHARE = 0.3

/** Questions of exams, by all that is known of how much a strong model gains on them. */
export function gainExamples(rows: readonly Row[], pairs: Pairs): readonly (GainExample & { readonly row: Row })[] {
  const learned = rows.filter(row => !MEASURED_ONLY.includes(row.dataset) && row.outcomes !== undefined)
  const subjectOf = ({ dataset, category }: Row): string => `${dataset}/${category}`
  const means = smoothedMeans(learned, pairs, subjectOf)
  const subjects = Map.groupBy(new Set(learned.map(subjectOf)), subject => subject.split('/')[0])
  return learned.map(row => {
    const mean = means.get(subjectOf(row)) ?? 0
    const gain = gainOf(row, pairs)
    const share = subjects.get(row.dataset)?.length === 1 ? 1 : OWN_SHARE
    return { row, bag: bagOf(row.prompt), gain: gain === undefined ? mean : (1 - share) * mean + share * gain }
  })
}

function smoothedMeans(rows: readonly Row[], pairs: Pairs, subjectOf: (row: Row) => string): ReadonlyMap<string, number> {
  const sums = new Map<string, { sum: number; count: number; dataset: string }>()
  const add = (name: string, dataset: string, gain: number): void => {
    const entry = sums.get(name) ?? { sum: 0, count: 0, dataset }
    entry.sum += gain
    entry.count++
    sums.set(name, entry)
  }
  for (const row of rows) {
    const gain = gainOf(row, pairs)
    if (gain === undefined) continue
    add(row.dataset, row.dataset, gain)
    add(subjectOf(row), row.dataset, gain)
  }
  return new Map(
    [...sums].map(([name, { sum, count, dataset }]) => {
      const whole = sums.get(dataset)
      const mean = whole === undefined ? 0 : whole.sum / whole.count
      return [name, (sum + FIRM * mean) / (count + FIRM)]
    }),
  )
}
