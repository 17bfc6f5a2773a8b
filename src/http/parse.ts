/** A request's body, parsed once and checked as far as the router reads it; what is wrong names its field, as OpenAI's own errors do. */
import * as v from 'valibot'
import { type ChatRequest, ChatRequestSchema } from '../chat'
import { fail, ok, type Problem, type Result } from '../outcome'
import type { Native } from '../provider/native'
import { BETA, chatWithBeta } from '../provider/openai/beta'
import { type BadControl, type Controls, parseControls, withoutControls } from '../router/controls'
import { invalidRequest } from './problem'

export interface ParsedChat {
  readonly chat: ChatRequest
  readonly controls: Controls
  /** The same in the caller's own words, where they say more. */
  readonly native?: Native
}

export function parseChat(text: string, header: (name: string) => string | null): Result<ParsedChat, Problem> {
  const parsed = parseBody(text, ChatRequestSchema)
  if (!parsed.ok) return parsed
  const controlled = withControls(parsed.value, header)
  const beta = header(BETA)
  if (!controlled.ok || beta === null) return controlled
  return ok({ ...controlled.value, native: chatWithBeta(withoutControls(controlled.value.chat), beta) })
}

export function withControls(chat: ChatRequest, header: (name: string) => string | null): Result<ParsedChat, Problem> {
  const controls = parseControls(chat, header)
  return controls.ok ? ok({ chat, controls: controls.value }) : fail(controlProblem(controls.failure))
}

export function parseBody<T extends v.GenericSchema>(text: string, schema: T): Result<v.InferOutput<T>, Problem> {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (error) {
    return fail(invalidRequest(`The body is not JSON: ${String(error)}`, null))
  }
  const parsed = v.safeParse(schema, body, { abortEarly: true })
  return parsed.success ? ok(parsed.output) : fail(problemOf(parsed.issues[0]))
}

function problemOf(issue: v.BaseIssue<unknown>): Problem {
  const deepest = deepestOf(issue)
  const path = pathOf([...(issue.path ?? []), ...(deepest === issue ? [] : (deepest.path ?? []))])
  return invalidRequest(`${path || 'The body'}: ${wordsOf(deepest)}.`, path || null, 400, 'invalid_value')
}

function wordsOf({ type, expected, received }: v.BaseIssue<unknown>): string {
  switch (type) {
    case 'non_empty':
      return 'expected a text that is not empty, found an empty one'
    case 'min_length':
      return 'expected at least one, found none'
    default:
      return `expected ${expected ?? 'another value'}, found ${shortened(received)}`
  }
}

/** Enough to recognise a value by; whole, it may be megabytes. */
const MAX_FOUND_CHARACTERS = 200
const shortened = (text: string): string =>
  text.length > MAX_FOUND_CHARACTERS ? `${text.slice(0, MAX_FOUND_CHARACTERS)}…` : text

/** Of a union's alternatives the one that went furthest is what the caller meant. */
function deepestOf(issue: v.BaseIssue<unknown>): v.BaseIssue<unknown> {
  const alternatives = (issue.issues ?? []).filter(({ path }) => path !== undefined)
  const [furthest] = alternatives.sort((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0))
  return furthest === undefined ? issue : deepestOf(furthest)
}

/** `messages[0].content[1].text` */
function pathOf(path: readonly v.IssuePathItem[]): string {
  return path.reduce((text, { key }) => {
    if (typeof key === 'number') return `${text}[${key}]`
    const name = shortened(String(key))
    return text === '' ? name : `${text}.${name}`
  }, '')
}

export const controlProblem = ({ field, message }: BadControl): Problem => invalidRequest(message, field, 400, 'invalid_value')
