/** The weights of the language guess, from rows of a data set and our own: the same rows and seed always make the same file. */
import { createHash } from 'node:crypto'
import { hash32 } from '../../../src/algorithm/hash'
import { createRandom } from '../../../src/algorithm/random'
import type { LanguageWeights } from '../../../src/context/language-model'
import { calibrate } from './calibrate'
import { Examples, type Row } from './examples'
import { Fit, type Settings } from './fit'
import { NAMES, OWN_ROWS } from './own'

/** Of the file's layout and of how letter runs are hashed. */
const VERSION = 1
const SOURCES = [
  'lingua-rs test data: sentences and word pairs of Leipzig Wortschatz, Apache-2.0',
  'CLINC150 utterances, CC-BY-3.0; GSM8K and MMLU questions, MIT: some hundreds as English text',
  'prompts, words and names written for this repository, MIT',
]
/** English as people type it: one row in so many of these sets is learned from beside the `language` rows. */
const ENGLISH_SETS: Readonly<Record<string, number>> = { clinc150: 16, gsm8k: 8, mmlu: 64 }
/** A quarter more kept weights gain half a point on word pairs and nothing on sentences; more epochs gain nothing. */
export const SETTINGS: Settings = { epochs: 8, finalEpochs: 8, kept: 150_000 }
/** One row in ten is kept from a first fit, which is made to calibrate and then thrown away. */
const CALIBRATION_OF = 10

export interface TrainingRow extends Row {
  readonly task: string
  readonly dataset: string
}

function isLearned({ task, dataset, prompt }: TrainingRow): boolean {
  const oneIn = ENGLISH_SETS[dataset]
  return task === 'language' || (oneIn !== undefined && hash32(prompt) % oneIn === 0)
}

export function trainLanguage(
  rows: readonly TrainingRow[],
  seed: number,
  settings: Settings = SETTINGS,
  own: readonly Row[] = OWN_ROWS,
): LanguageWeights {
  const all = [...rows.filter(isLearned), ...own]
  const input = createHash('sha256')
  for (const { lang, prompt } of all) input.update(`${lang}\t${prompt}\n`)
  input.update(NAMES.join(' '))
  const examples = new Examples(all)
  const { factor, offset, power } = calibrationOf(all, examples.languages, seed, settings)
  const { data, step } = fitted(examples, seed, settings).pack()
  return {
    version: VERSION,
    input: input.digest('hex'),
    seed,
    sources: SOURCES,
    languages: examples.languages,
    calibration: { factor: Number((factor * step).toPrecision(6)), offset, power: Number(power.toFixed(1)) },
    data: Buffer.from(data).toString('base64'),
  }
}

function fitted(examples: Examples, seed: number, { epochs, finalEpochs, kept }: Settings): Fit {
  const fit = new Fit(examples)
  const random = createRandom(seed)
  fit.learn(epochs, random)
  fit.prune(kept)
  fit.learn(finalEpochs, random)
  return fit
}

function calibrationOf(rows: readonly Row[], languages: LanguageWeights['languages'], seed: number, settings: Settings) {
  const isUnseen = ({ prompt }: Row): boolean => hash32(`calibrate ${prompt}`) % CALIBRATION_OF === 0
  const fit = fitted(
    new Examples(
      rows.filter(row => !isUnseen(row)),
      languages,
    ),
    seed,
    settings,
  )
  return calibrate(fit, new Examples(rows.filter(isUnseen), languages).unvaried())
}
