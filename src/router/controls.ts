/**
 * Per-request controls: a header, or a field of the same name in OpenAI's `metadata` for clients that cannot set headers. The header wins.
 * They are for the router alone and are taken out before anything goes up.
 */
import type { ChatRequest } from '../chat'
import { PRIORITIES, type Priority, REGION } from '../model'
import { fail, ok, type Result } from '../outcome'
import { STRATEGIES, type StrategyName } from '../strategy/strategy'

export interface Controls {
  readonly strategy: StrategyName | undefined
  readonly priority: Priority | undefined
  /** Hash key. */
  readonly key: string | undefined
  /** Names of models or pools, in the order to try them. */
  readonly models: readonly string[] | undefined
  /** Where the answer may come from; undefined: from anywhere. */
  readonly regions?: readonly string[] | undefined
  readonly deadlineMs: number | undefined
  readonly fallback: boolean
  /** Comments while a stream's first token is slow. */
  readonly keepAlive: boolean
}

/** A control that makes no sense, with what would. */
export interface BadControl {
  readonly field: string
  readonly message: string
}

/** Of a request, where controls may be besides its headers. */
type Controlled = Pick<ChatRequest, 'model' | 'metadata'>

const PREFIX = 'x-router-'
const MAX_DEADLINE_MS = 3_600_000
const MAX_REGIONS = 20

/** `header` reads a request header; null where there is none. */
export function parseControls({ metadata }: Controlled, header: (name: string) => string | null): Result<Controls, BadControl> {
  const read = (name: string): string | undefined => {
    const value = header(PREFIX + name) ?? metadata?.[PREFIX + name]
    return value === undefined || value === '' ? undefined : value
  }
  const strategy = oneOf(STRATEGIES, read('strategy'))
  if (strategy === 'unknown') return bad('strategy', `one of ${STRATEGIES.join(', ')}`, read('strategy'))
  const priority = oneOf(PRIORITIES, read('priority'))
  if (priority === 'unknown') return bad('priority', `one of ${PRIORITIES.join(', ')}`, read('priority'))
  const deadline = read('deadline-ms')
  const deadlineMs = deadline === undefined ? undefined : /^\d+$/.test(deadline) ? Number(deadline) : Number.NaN
  if (deadlineMs !== undefined && !(Number.isInteger(deadlineMs) && deadlineMs >= 1 && deadlineMs <= MAX_DEADLINE_MS))
    return bad('deadline-ms', `a whole number of ms from 1 to ${MAX_DEADLINE_MS}`, deadline)
  const fallback = read('fallback')
  if (fallback !== undefined && fallback !== 'on' && fallback !== 'off') return bad('fallback', 'on or off', fallback)
  const keepAlive = read('keep-alive')
  if (keepAlive !== undefined && keepAlive !== 'on' && keepAlive !== 'off') return bad('keep-alive', 'on or off', keepAlive)
  const models = wordsOf(read('models'))
  if (models !== undefined && models.length === 0) return bad('models', 'names of models, separated by commas', read('models'))
  const regions = wordsOf(read('regions'))?.map(region => region.toLowerCase())
  if (
    regions !== undefined &&
    !(regions.length >= 1 && regions.length <= MAX_REGIONS && regions.every(name => REGION.test(name)))
  )
    return bad('regions', `1 to ${MAX_REGIONS} labels of regions, separated by commas`, read('regions'))
  return ok({
    strategy,
    priority,
    key: read('key'),
    models,
    regions,
    deadlineMs,
    fallback: fallback !== 'off',
    keepAlive: keepAlive !== 'off',
  })
}

/** The request as an upstream may see it: without the router's own fields. */
export function withoutControls<T extends Controlled>(request: T): T {
  if (!request.metadata) return request
  const entries = Object.entries(request.metadata)
  const kept = entries.filter(([name]) => !name.startsWith(PREFIX))
  return kept.length === entries.length ? request : { ...request, metadata: Object.fromEntries(kept) }
}

function oneOf<T extends string>(known: readonly T[], value: string | undefined): T | 'unknown' | undefined {
  return value === undefined ? undefined : (known.find(name => name === value) ?? 'unknown')
}

function wordsOf(list: string | undefined): readonly string[] | undefined {
  return list
    ?.split(',')
    .map(name => name.trim())
    .filter(name => name !== '')
}

function bad(name: string, expected: string, found: string | undefined): Result<never, BadControl> {
  const field = PREFIX + name
  return fail({ field, message: `${field}: expected ${expected}, found "${found?.slice(0, 100)}".` })
}
