/**
 * How large a prompt is, without an answer to it. The model that the request would go to counts, where its provider does so in the caller's
 * dialect; for all others, and when the counting fails, it is estimated. Counting takes no lease: providers answer it from elsewhere and
 * limit it by itself.
 */
import { estimatePromptTokens } from '../context/tokens'
import { numberAt, parseJson } from '../json'
import type { Model } from '../model'
import { type Failure, fail, ok, type Problem, problemOf, type Result } from '../outcome'
import { dialects } from '../provider/dialects'
import type { Native } from '../provider/native'
import { readText } from './body'
import { type Decision, decide } from './decide'
import { errorText } from './error-text'
import type { Plan } from './plan'
import { type Asking, type ChatAsked, questionOf } from './question'
import { secretsOf } from './secrets'
import { Stopper } from './stopper'
import type { Host, World } from './world'

/** Providers count within some hundred ms; an estimate now beats a count much later. */
const MAX_WAIT_MS = 5_000
const MAX_COUNT_BYTES = 64 * 1024

export interface Counted {
  readonly tokens: number
  /** Who counted; undefined: it is an estimate. */
  readonly model: string | undefined
  readonly decision: Decision | undefined
  /** Why it had to be estimated after all. */
  readonly failure: Failure | undefined
}

/** `native` is the request to count, of the caller's dialect. */
export async function countTokens(
  plan: Plan,
  asking: Asking<ChatAsked> & { readonly native: Native },
  host: Host,
  world: World,
): Promise<Result<Counted, Problem>> {
  const decided = decide(plan, questionOf({ ...asking, peek: true }))
  const decision = decided.ok ? decided.value : undefined
  const estimate = (failure: Failure | undefined): Counted => {
    return { tokens: estimatePromptTokens(asking.chat), model: undefined, decision, failure }
  }
  // That nobody has room for the request now says nothing of its size
  if (!decided.ok) return decided.failure.status >= 500 ? ok(estimate(undefined)) : decided
  const model = decided.value.ranking[0]?.model
  if (model === undefined || dialects[model.provider].name !== asking.native.dialect) return ok(estimate(undefined))
  const counted = await countAt(model, asking.native, host, world)
  if (counted.ok) return ok({ tokens: counted.value, model: model.id, decision, failure: undefined })
  const { failure } = counted
  // A request that makes no sense has no size
  return failure.kind === 'rejected' ? fail(problemOf(failure)) : ok(estimate(failure))
}

async function countAt(model: Model, native: Native, host: Host, world: World): Promise<Result<number>> {
  const { key, asked, values } = secretsOf(model, host)
  const request = native.request(asked, key)
  if (!request.ok) return request
  const { url, headers, body } = request.value
  const stopper = new Stopper(world, host.clientLeft)
  stopper.limit('total', MAX_WAIT_MS)
  try {
    const response = await world.fetch(url, { method: 'POST', headers, body, signal: stopper.signal, redirect: 'manual' })
    if (!response.ok) {
      const text = await errorText(response.body, values)
      return fail(dialects[model.provider].error(response.status, response.headers, text, world.now()))
    }
    const { text } = await readText(response.body, MAX_COUNT_BYTES)
    const tokens = numberAt(parseJson(text), 'input_tokens')
    return tokens === undefined ? fail({ kind: 'malformed', detail: 'it holds no input_tokens' }) : ok(tokens)
  } catch (error) {
    return fail(stopper.cause ?? { kind: 'unreachable', detail: String(error) })
  } finally {
    stopper.release()
  }
}
