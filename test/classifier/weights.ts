/**
 * The weights of the classifier from rows: the same rows and seed always make the same file. First everything is learned from all n-grams;
 * those that matter most get the tables' slots; then it is learned once more from these alone.
 */
import { createHash } from 'node:crypto'
import { hash32 } from '../../src/algorithm/hash'
import { createRandom } from '../../src/algorithm/random'
import type { Random } from '../../src/algorithm/sampling'
import { COMPLEXITY, EXTRACT, type Logistic, OPEN, type TaskWeights } from '../../src/context/classifier'
import { TOPICS } from '../../src/context/features'
import { SHAPE_SIZE } from '../../src/context/shape'
import { gainExamples, linearExamples, SOURCES, weakFailed } from './examples'
import { fitGain, GAIN } from './gain'
import { fitLinear, LINEAR, type LinearExample, type LinearFit } from './linear'
import { fitLogistic } from './logistic'
import { chosenFrom, coarse, coarseSharpness, matrix, packedTable } from './pack'
import { OWN_PROMPTS, type Pairs, type Row } from './rows'
import { fitSharpness } from './sharpness'
import { importanceOf, type Vocabulary, vocabularyOf } from './vocabulary'

/** Of the file's layout and of how n-grams are hashed. */
const VERSION = 4
/** Fifteen bytes each. Together with the language's weights they stay below a megabyte. */
const SLOTS = 42_000
/** From this label on a small model would not do: 3 "needs some skill or several steps". */
export const DEMANDING = 3
/** One exam question in ten is kept from a first fit, which is made to calibrate and then thrown away. */
const CALIBRATION_OF = 10
/** N-grams of fewer texts are not learned. */
const LEAST_OFTEN = 2

export interface Settings {
  readonly seed: number
  /** Data sets left out, to see how the classifier does on what it knows nothing of. */
  readonly without?: readonly string[]
}

export function trainClassifier(data: readonly Row[], pairs: Pairs, { seed, without = [] }: Settings): TaskWeights {
  const rows = [...data.filter(({ dataset }) => !without.includes(dataset)), ...OWN_PROMPTS]
  const input = createHash('sha256')
  for (const row of rows) input.update(`${JSON.stringify(row)}\n`)
  const random = createRandom(seed)
  const topical = linearExamples(rows)
  const exams = gainExamples(rows, pairs)
  const all = vocabularyOf(
    [...topical, ...exams].map(({ bag }) => bag),
    LEAST_OFTEN,
  )
  const vocabulary = chosenFrom(
    all,
    [
      { table: fitLinear(topical, all, random, 1).table, columns: LINEAR, importance: importanceOf(topical) },
      { table: fitGain(exams, all, random).table, columns: GAIN, importance: importanceOf(exams) },
    ],
    SLOTS,
  )
  const linear = fitLinear(topical, vocabulary, random)
  const gain = fitGain(exams, vocabulary, random)
  return {
    version: VERSION,
    input: input.digest('hex'),
    seed,
    sources: SOURCES,
    table: packedTable(
      vocabulary,
      [
        { table: linear.table, columns: LINEAR },
        { table: gain.table, columns: GAIN },
      ],
      SLOTS,
    ),
    shape: [...matrix(linear.shape, SHAPE_SIZE + 1), ...matrix(gain.shape, SHAPE_SIZE + 1)],
    calibration: { ...calibrationOf(topical, vocabulary, linear), gain: gainCalibrationOf(exams, pairs, vocabulary, random) },
  }
}

function calibrationOf(examples: readonly LinearExample[], vocabulary: Vocabulary, { unseen }: LinearFit) {
  const scored = examples.map((example, index) => ({ ...example, scores: unseen[index] ?? new Float64Array(LINEAR) }))
  return {
    topic: coarseSharpness(
      fitSharpness(
        scored
          .filter(({ topics, isOpen }) => isOpen === true && topics.length > 0)
          .map(({ bag, scores, topics, weight }) => ({
            scores: Array.from(scores.subarray(0, TOPICS.length)),
            right: topics,
            known: vocabulary.knownAmong(vocabulary.numbersOf(bag)),
            weight: Math.min(MOST_WEIGHT, weight),
          })),
      ),
    ),
    extract: coarse(
      fitLogistic(
        scored
          .filter(({ extract, topics }) => extract !== undefined && topics.includes(TRANSFORM))
          .map(({ scores, extract }) => ({ score: scores[EXTRACT] ?? 0, wanted: extract ? 1 : 0 })),
      ),
    ),
    open: coarse(
      fitLogistic(
        scored.flatMap(({ scores, isOpen }) =>
          isOpen === undefined ? [] : [{ score: scores[OPEN] ?? 0, wanted: isOpen ? 1 : 0 }],
        ),
      ),
    ),
    complexity: coarse(
      fitLogistic(
        scored.flatMap(({ scores, complexity }) =>
          complexity === undefined ? [] : [{ score: scores[COMPLEXITY] ?? 0, wanted: complexity >= DEMANDING ? 1 : 0 }],
        ),
      ),
    ),
  }
}
/** Confidences are to hold for public prompts as well as for our own, which are more certain: a compromise. */
const MOST_WEIGHT = 2
const TRANSFORM = TOPICS.indexOf('text_transform')

function gainCalibrationOf(
  examples: ReturnType<typeof gainExamples>,
  pairs: Pairs,
  vocabulary: Vocabulary,
  random: Random,
): Logistic {
  const isUnseen = ({ row }: (typeof examples)[number]): boolean => hash32(row.prompt) % CALIBRATION_OF === 0
  const rehearsal = fitGain(
    examples.filter(example => !isUnseen(example)),
    vocabulary,
    random,
  )
  const observed = examples.filter(isUnseen).flatMap(({ row, bag }) => {
    const failed = weakFailed(row, pairs)
    return failed === undefined ? [] : [{ score: rehearsal.gain(bag), wanted: failed }]
  })
  return coarse(fitLogistic(observed))
}
