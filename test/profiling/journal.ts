/**
 * Every answer is written down as soon as it is there, beside the profile, so that a run that was stopped goes on where it stopped and nothing is paid for
 * twice. One JSON line each: a line that was torn by a crash loses itself and no other.
 */
import { appendFile, mkdir, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isObject, numberAt, parseJson, stringAt } from '../../src/json'
import { type Answer, isAnswer } from './ask'
import type { Call } from './call'

export interface Journal {
  readonly path: string
  readonly answers: ReadonlyMap<string, Answer>
  /** By everything that it holds, answers and failures. */
  readonly spentUsd: number
  readonly usdByModel: ReadonlyMap<string, number>
  /** How many lines could not be read. */
  readonly torn: number
  record(call: Call, answer: Answer, usd: number): Promise<void>
  /** Paid for without an answer. */
  lose(call: Call, usd: number): Promise<void>
  /** The run is complete: its answers are kept for people to read, and the next run asks anew. */
  close(): Promise<string>
}

export async function openJournal(out: string): Promise<Journal> {
  const path = `${out}.partial.jsonl`
  await mkdir(dirname(path), { recursive: true })
  const answers = new Map<string, Answer>()
  const usdByModel = new Map<string, number>()
  let spentUsd = 0
  const book = (model: string, usd: number): void => {
    spentUsd += usd
    usdByModel.set(model, (usdByModel.get(model) ?? 0) + usd)
  }
  let torn = 0
  const text = await textOf(path)
  for (const line of text.split('\n')) {
    if (line === '') continue
    const entry = parseJson(line)
    const usd = numberAt(entry, 'usd')
    if (usd === undefined) {
      torn += 1
      continue
    }
    book(stringAt(entry, 'model') ?? '', usd)
    const key = stringAt(entry, 'key')
    const answer = isObject(entry) ? entry.answer : undefined
    if (key !== undefined && isAnswer(answer)) answers.set(key, answer)
  }
  // What a crash left without its end must not swallow the next line
  if (text !== '' && !text.endsWith('\n')) await appendFile(path, '\n')

  async function write(call: Call, usd: number, more: object): Promise<void> {
    book(call.target.id, usd)
    await appendFile(path, `${JSON.stringify({ key: call.key, model: call.target.id, item: call.label, usd, ...more })}\n`)
  }
  return {
    path,
    answers,
    usdByModel,
    torn,
    get spentUsd() {
      return spentUsd
    },
    async record(call, answer, usd) {
      answers.set(call.key, answer)
      await write(call, usd, { answer })
    },
    lose: (call, usd) => write(call, usd, {}),
    async close() {
      const kept = `${out}.answers.jsonl`
      await rename(path, kept)
      return kept
    },
  }
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return ''
    throw error
  }
}
