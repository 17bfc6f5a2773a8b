/**
 * Trains the language guess and says how good it is: `--data DIR` holds train.jsonl.gz and dev.jsonl.gz, rows with `task`, `category`,
 * `lang` and `prompt`. `--evaluate` leaves the weights as they are. Only dev rows and held-out prompts are reported.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import type { LanguageWeights } from '../../../src/context/language-model'
import { LanguageReader } from '../../../src/context/language-reader'
import { evaluateLanguage, type Judged } from './evaluate'
import { CHATS_HELD_OUT, PROMPTS_HELD_OUT } from './own'
import { trainLanguage } from './train'

const SEED = 1
const WEIGHTS = join(import.meta.dirname, '../../../src/context/weights/language.json')

interface DataRow {
  readonly dataset: string
  readonly task: string
  readonly category: string
  readonly lang: string
  readonly prompt: string
}
const isDataRow = (value: unknown): value is DataRow =>
  typeof value === 'object' &&
  value !== null &&
  'task' in value &&
  'lang' in value &&
  'prompt' in value &&
  typeof value.prompt === 'string'

const read = (directory: string, name: string): readonly DataRow[] =>
  gunzipSync(readFileSync(join(directory, name)))
    .toString()
    .split('\n')
    .filter(line => line !== '')
    .map((line): unknown => JSON.parse(line))
    .filter(isDataRow)

const directory = process.argv[process.argv.indexOf('--data') + 1]
if (!process.argv.includes('--data') || directory === undefined) throw new Error('usage: --data DIR [--evaluate]')
let weights: LanguageWeights
if (process.argv.includes('--evaluate')) weights = JSON.parse(readFileSync(WEIGHTS, 'utf8'))
else {
  weights = trainLanguage(read(directory, 'train.jsonl.gz'), SEED)
  writeFileSync(WEIGHTS, `${JSON.stringify(weights, undefined, 1)}\n`)
}

const reader = new LanguageReader(weights)
const rows = read(directory, 'dev.jsonl.gz')
const dev = rows.filter(({ task }) => task === 'language').map(({ lang, prompt, category }) => ({ lang, prompt, kind: category }))
const words = dev
  .filter(({ kind }) => kind === 'word-pairs')
  .flatMap(row => row.prompt.split(/\s+/).map(prompt => ({ ...row, prompt, kind: 'single words' })))
const others = rows
  .filter(({ task }) => task !== 'language')
  .map(({ lang, prompt, dataset }) => ({ lang, prompt, kind: dataset }))
const tables: readonly (readonly [string, readonly Judged[]])[] = [
  ['dev', dev],
  ['single words', words],
  ['other sets', others],
  ['own prompts, held out', PROMPTS_HELD_OUT.map(row => ({ ...row, kind: 'all languages' }))],
  ['chats, held out', CHATS_HELD_OUT.map(row => ({ ...row, kind: row.lang }))],
]
for (const [name, rows] of tables) {
  const { kinds, confusions, calibrationError } = evaluateLanguage(rows, text => reader.guess(text))
  console.log(`${name}: calibration error ${calibrationError.toFixed(3)}`)
  for (const [kind, { rows: count, right, abstained }] of kinds)
    console.log(
      `  ${kind}: ${count} rows, ${((100 * right) / count).toFixed(1)} % right, ${((100 * abstained) / count).toFixed(1)} % abstained`,
    )
  console.log(
    `  ${confusions
      .slice(0, 12)
      .map(([confusion, count]) => `${confusion} ${count}`)
      .join(', ')}`,
  )
}
console.log(`${(weights.data.length * 0.75) / 1000} kB of weights, calibration ${JSON.stringify(weights.calibration)}`)
