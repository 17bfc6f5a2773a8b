/**
 * One attempt at one model, from its lease to its settlement. The lease is taken before anything is sent and settled exactly once, whichever
 * way the attempt ends; for a stream that is the end of its body, not of its headers.
 */
import type { CompletionUsage } from '../chat'
import type { Model } from '../model'
import { type Failure, ok, type Result } from '../outcome'
import type { Dialect } from '../provider/dialect'
import { dialectFor } from '../provider/dialects'
import { embeddingsTo } from '../provider/embedders'
import { requestTo } from '../provider/native'
import type { Settlement } from '../state/local-load'
import { accountId, placeId } from './account'
import type { Connection } from './call'
import { settlementOf } from './consequence'
import { sendEmbeddings } from './embed'
import type { Ending } from './ending'
import { boundedBy } from './grace'
import { heartbeat } from './heartbeat'
import { type Secrets, secretsOf } from './secrets'
import { type Answer, type Request, send } from './send'
import { Stopper } from './stopper'
import type { Host, World } from './world'

/** `outpaced` aborts when a hedge has answered sooner; then the answer, if there is one already, is thrown away. */
export async function attempt(
  request: Request,
  model: Model,
  outpaced: AbortSignal,
  host: Host,
  world: World,
): Promise<Result<Answer>> {
  const dialect = dialectFor(model.provider, 'chat' in request ? request.native?.dialect : undefined)
  const secrets = secretsOf(model, host)
  const sender = senderOf(request, secrets, dialect)
  if (!sender.ok) return sender

  const shared = [accountId(model), placeId(model, host.place)]
  // Closures that outlive the commit must not hold the request: it may be megabytes
  const isStream = 'chat' in request && request.chat.stream === true
  const lease = host.load.take(model.id, request.promptTokens, world.now(), shared, isStream, request.relation)
  const stopper = new Stopper(world, host.clientLeft)
  stopper.obey(outpaced, { kind: 'outpaced' })
  const rest = heartbeat(world, host.hearing.beatMs, () => {
    lease.renew(world.now())
    host.sync()
  })
  host.sync()
  const settle = (settlement: Settlement) => {
    rest()
    stopper.release()
    // A JSON answer has no first token, so its time says nothing of one
    lease.settle(isStream ? settlement : { ...settlement, timedOut: false }, world.now())
    host.sync()
  }
  const result = await sender.value({ model, dialect, lease, stopper, world, secrets: secrets.values })
  if (!result.ok) {
    stopper.stop(result.failure)
    settle(settlementOf(result.failure, model, host.place))
    return result
  }
  const { body } = result.value
  // Nobody will read it, and whoever writes it would wait for ever
  if (body instanceof ReadableStream) {
    if (outpaced.aborted) void body.cancel()
    else outpaced.addEventListener('abort', () => void body.cancel(), { once: true })
  }
  const ended = boundedBy(stopper, result.value.ended, world).then(ending => {
    // Aborts what may still be coming; after a complete answer there is nothing left to abort
    if (ending.failure !== undefined) stopper.stop(ending.failure)
    settle(
      ending.failure === undefined
        ? success(ending)
        : afterCommit(settlementOf(ending.failure, model, host.place), ending.failure),
    )
    return ending
  })
  host.waitUntil(ended)
  return ok({ ...result.value, ended })
}

type Sender = (connection: Connection) => Promise<Result<Answer>>

/** Whoever sends it, once there is a lease; or why this model cannot be asked. */
function senderOf(request: Request, { asked, key }: Secrets, dialect: Dialect): Result<Sender> {
  if ('chat' in request) {
    const upstream = requestTo(dialect, request, asked, key)
    return upstream.ok ? ok(connection => send({ ...connection, request, upstream: upstream.value })) : upstream
  }
  const upstream = embeddingsTo(request.embeddings, asked, key)
  return upstream.ok ? ok(connection => sendEmbeddings({ ...connection, request, upstream: upstream.value })) : upstream
}

/** An answer that went on until the whole time was over was not slow, it was long. */
function afterCommit(settlement: Settlement, failure: Failure): Settlement {
  return failure.kind === 'timeout' && failure.limit === 'total' ? { ...settlement, verdict: 'neutral' } : settlement
}

/** Fewer tokens say nothing about the time per token. */
const MIN_TOKENS = 8

function success({ writingMs, outputTokens, usage }: Ending): Settlement {
  const isMeasured = outputTokens !== undefined && outputTokens >= MIN_TOKENS && writingMs > 0
  return {
    verdict: 'succeeded',
    outputTokens,
    perTokenMs: isMeasured ? writingMs / outputTokens : undefined,
    cachedShare: cachedShareOf(usage),
  }
}

function cachedShareOf(usage: CompletionUsage | undefined): number | undefined {
  const cached = usage?.prompt_tokens_details?.cached_tokens
  return usage === undefined || typeof cached !== 'number' || !(usage.prompt_tokens > 0)
    ? undefined
    : cached / usage.prompt_tokens
}
