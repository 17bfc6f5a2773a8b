/** The rows that the classifier learns from and is measured on: public outcomes from a folder of data, and our own labelled prompts. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { hash32 } from '../../src/algorithm/hash'
import { TOPICS, type Topic } from '../../src/context/features'

export interface Row {
  readonly id: string
  readonly dataset: string
  readonly task: string
  readonly lang: string
  readonly prompt: string
  /** The source's own label. */
  readonly category: string
  /** Any of them is right; none where the source does not say. */
  readonly topics: readonly Topic[]
  /** 1 to 5. */
  readonly complexity: number | undefined
  /** Of each model: how good its answer was, 0 to 1. */
  readonly outcomes: Readonly<Record<string, number>> | undefined
  /** Known to be in a model's training data: never measured. */
  readonly contaminated: boolean
}

/** A pair of models of one data set, of which one costs more. */
export interface Pair {
  readonly strong: string
  readonly weak: string
}

export type Pairs = ReadonlyMap<string, Pair>

type Fields = Readonly<Record<string, unknown>>
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isTopic = (value: string): value is Topic => TOPICS.some(topic => topic === value)
const text = (fields: Fields, name: string): string => {
  const value = fields[name]
  return typeof value === 'string' ? value : ''
}

export function parseRow(line: string): Row {
  const fields: unknown = JSON.parse(line)
  if (!isFields(fields)) throw new Error(`a row is an object: ${line.slice(0, 80)}`)
  const outcomes = fields.outcomes
  const dataset = text(fields, 'dataset')
  return {
    id: text(fields, 'id'),
    dataset,
    task: text(fields, 'task'),
    lang: text(fields, 'lang'),
    prompt: text(fields, 'prompt'),
    category: dataset === 'clinc150' ? text(fields, 'domain') : text(fields, 'category'),
    topics: text(fields, 'topic').split('|').filter(isTopic),
    complexity: typeof fields.complexity === 'number' ? fields.complexity : undefined,
    outcomes: isFields(outcomes)
      ? Object.fromEntries(
          Object.entries(outcomes).flatMap(([model, score]) => (typeof score === 'number' ? [[model, score]] : [])),
        )
      : undefined,
    contaminated: fields.contaminated === true,
  }
}

const lines = (content: string): readonly string[] => content.split('\n').filter(line => line !== '')

export type Part = 'train' | 'dev'

export const readAllRows = (directory: string, part: Part): readonly Row[] =>
  lines(gunzipSync(readFileSync(join(directory, `${part}.jsonl.gz`))).toString()).map(parseRow)

/** Without those of which nothing but the language is known. */
export const readRows = (directory: string, part: Part): readonly Row[] =>
  readAllRows(directory, part).filter(({ task }) => task !== 'language')

/** Of each data set that has one: its pair, as the folder's own description names it. */
export function readPairs(directory: string): Pairs {
  const description: unknown = JSON.parse(readFileSync(join(directory, 'datasets.json'), 'utf8'))
  const datasets = isFields(description) && isFields(description.datasets) ? description.datasets : {}
  const pairs = new Map<string, Pair>()
  for (const [name, fields] of Object.entries(datasets))
    if (isFields(fields) && typeof fields.strong === 'string' && typeof fields.weak === 'string')
      pairs.set(name, { strong: fields.strong, weak: fields.weak })
  return pairs
}

export const OWN = 'own'

/** Prompts of a folder, by language. */
const promptsIn = (folder: string): readonly Row[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.jsonl'))
    .sort()
    .flatMap(name =>
      lines(readFileSync(join(folder, name), 'utf8')).map((line, index) => ({
        ...parseRow(line),
        id: `${name}:${index + 1}`,
        dataset: OWN,
        lang: name.slice(0, 2),
      })),
    )
const PROMPTS = join(import.meta.dirname, 'prompts')
const divided = promptsIn(PROMPTS)

/** Half of these is never learned from. */
const isHeldOut = ({ prompt }: Row): boolean => hash32(prompt) % 2 === 0
export const OWN_PROMPTS: readonly Row[] = [...divided.filter(row => !isHeldOut(row)), ...promptsIn(join(PROMPTS, 'train'))]
export const OWN_HELD_OUT: readonly Row[] = divided.filter(isHeldOut)

/** Never learned from, nor looked at to choose anything: only to tell what the weights are worth. Read when asked for. */
export const ownTestPrompts = (): readonly Row[] => promptsIn(join(PROMPTS, 'test'))

/** What follows `--data` on the command line. */
export function directoryOf(words: readonly string[]): string {
  const at = words.indexOf('--data')
  const directory = at < 0 ? undefined : words[at + 1]
  if (directory === undefined) throw new Error('usage: --data DIR, a folder with train.jsonl.gz, dev.jsonl.gz and datasets.json')
  return directory
}
