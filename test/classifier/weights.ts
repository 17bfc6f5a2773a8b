/**
 * The weights of the classifier from rows: the same rows and seed always make the same file. First everything is learned from all n-grams;
 * those that matter most get the tables' slots; then it is learned once more from these alone.
 */
import { createHash } from 'node:crypto'
import { hash32 } from '../../src/algorithm/hash'
import { createRandom } from '../../src/algorithm/random'
import { COMPLEXITY, EXTRACT, LINEAR, type Logistic, OPEN, type TaskWeights } from '../../src/context/classifier'
import { TOPICS } from '../../src/context/features'
import { SHAPE_SIZE } from '../../src/context/shape'
import { fitExam, PLACE } from './exam'
import { type Exams, examsOf, linearExamples, SOURCES, weakFailed } from './examples'
import { fitLinear, type LinearExample, type LinearFit } from './linear'
import { fitLogistic, fitSharpness } from './logistic'
import { chosenFrom, coarse, matrix, packedTable } from './pack'
import { OWN_PROMPTS, type Pairs, type Row } from './rows'
import { vocabularyOf } from './vocabulary'

/** Of the file's layout and of how n-grams are hashed. */
const VERSION = 1
/** Thirteen bytes each, and nine. Together with the language's weights they stay below a megabyte. */
const SLOTS = 28_000
const EXAM_SLOTS = 19_000
/** From this label on a small model would not do: 3 "needs some skill or several steps". */
export const DEMANDING = 3
/** One exam question in ten is kept from a first fit, which is made to calibrate and then thrown away. */
const CALIBRATION_OF = 10

export interface Settings {
  readonly seed: number
  /** Data sets left out, to see how the classifier does on what it knows nothing of. */
  readonly without?: readonly string[]
}

export function trainClassifier(data: readonly Row[], pairs: Pairs, { seed, without = [] }: Settings): TaskWeights {
  const rows = [...data.filter(({ dataset }) => !without.includes(dataset)), ...OWN_PROMPTS]
  const input = createHash('sha256')
  for (const row of rows) input.update(`${JSON.stringify(row)}\n`)
  const { gainLogistic, ...exam } = trainExam(examsOf(rows, pairs), pairs, seed)
  const { calibration, ...linear } = trainLinear(linearExamples(rows), seed)
  return {
    version: VERSION,
    input: input.digest('hex'),
    seed,
    sources: SOURCES,
    ...linear,
    exam,
    calibration: { ...calibration, gain: gainLogistic },
  }
}

function trainLinear(examples: readonly LinearExample[], seed: number) {
  const random = createRandom(seed)
  const { vocabulary: all, importance } = vocabularyOf(examples, 2)
  const vocabulary = chosenFrom(all, importance, fitLinear(examples, all, random, 1).table, LINEAR, SLOTS)
  const fit = fitLinear(examples, vocabulary, random)
  return {
    table: packedTable(vocabulary, fit.table, LINEAR, SLOTS),
    shape: matrix(fit.shape, SHAPE_SIZE + 1),
    calibration: calibrationOf(examples, fit),
  }
}

function calibrationOf(examples: readonly LinearExample[], { unseen }: LinearFit) {
  const scored = examples.map((example, index) => ({ ...example, scores: unseen[index] ?? new Float64Array(LINEAR) }))
  return {
    topic: Number(
      fitSharpness(
        scored
          .filter(({ topics, isOpen }) => isOpen === true && topics.length > 0)
          .map(({ scores, topics, weight }) => ({
            scores: Array.from(scores.subarray(0, TOPICS.length)),
            right: topics,
            weight: Math.min(MOST_WEIGHT, weight),
          })),
      ).toPrecision(3),
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

function trainExam({ examples, gains }: Exams, pairs: Pairs, seed: number) {
  const random = createRandom(seed)
  const { vocabulary: all, importance } = vocabularyOf(examples, 3)
  const vocabulary = chosenFrom(all, importance, fitExam(examples, gains, all, random).table, PLACE, EXAM_SLOTS)
  const isUnseen = ({ row }: Exams['examples'][number]): boolean => hash32(row.prompt) % CALIBRATION_OF === 0
  const rehearsal = fitExam(
    examples.filter(example => !isUnseen(example)),
    gains,
    vocabulary,
    random,
  )
  const observed = examples.filter(isUnseen).flatMap(({ row, bag }) => {
    const failed = weakFailed(row, pairs)
    return failed === undefined ? [] : [{ score: rehearsal.gain(bag), wanted: failed }]
  })
  const fit = fitExam(examples, gains, vocabulary, random)
  const gainLogistic: Logistic = coarse(fitLogistic(observed))
  return {
    table: packedTable(vocabulary, fit.table, PLACE, EXAM_SLOTS),
    shape: matrix(fit.shape, SHAPE_SIZE + 1),
    subjects: matrix(fit.subjects, PLACE + 1),
    gains: gains.map(gain => Number(gain.toFixed(4))),
    single: matrix(fit.single, PLACE + SHAPE_SIZE + 1).flat(),
    gainLogistic,
  }
}
