/**
 * What goes over the wire in one attempt at embeddings. Some providers take so few inputs at a time that a request makes several calls. Their answer is put
 * together when all have come: the failure of one is the attempt's, and another upstream may then be asked for everything.
 */
import type { CompletionUsage } from '../chat'
import { estimateTextTokens } from '../context/tokens'
import { countOf, type EmbeddingsRequest } from '../embeddings'
import { type Failure, ok, type Result } from '../outcome'
import type { TranslatedVectors } from '../provider/embedder'
import type { EmbeddingsCall, EmbeddingsCalls } from '../provider/embedders'
import { rejected } from '../provider/translation/fault'
import { type Connection, call } from './call'
import type { EmbeddingsAsked } from './question'
import { type Answer, type Bounds, limitFirstToken, limitWhole } from './send'
import { type Delivery, delivered, passedVectors, translatedVectors } from './vectors'

/** Of the six connections that may wait for headers in one request, some are for syncs and for other attempts. */
const CALLS_AT_A_TIME = 3
/** Vectors wait for the last call as text. 2,048 of 3,072 numbers are 32 MiB in base64; an isolate has 128 MB. */
const MAX_WRITTEN_BYTES = 40 * 1024 * 1024

export interface EmbeddingsSending extends Connection {
  readonly request: EmbeddingsAsked & Bounds
  readonly upstream: EmbeddingsCalls
}

/** Sent with this much of what goes up. */
type With<K extends PropertyKey> = EmbeddingsSending & { readonly upstream: Extract<EmbeddingsCalls, Record<K, unknown>> }

/** Never rejects. */
export function sendEmbeddings(sending: EmbeddingsSending): Promise<Result<Answer>> {
  const { upstream } = sending
  limitWhole(sending)
  return 'calls' in upstream ? translated({ ...sending, upstream }) : passed({ ...sending, upstream })
}

function passed(sending: With<'upstream'>): Promise<Result<Answer>> {
  const { request, upstream } = sending
  // Vectors come all at once as soon as they are computed, so that whoever is silent for as long as a stream may be is stuck
  const gotFirstToken = limitFirstToken(sending)
  return call(sending, upstream.upstream, async (response, upstreamWaitMs) => {
    gotFirstToken()
    const reading = { ...sending, idleMs: request.limits.idleMs }
    const delivery = await passedVectors(response.body, upstream.embedder, request.embeddings, reading)
    return delivery.ok ? ok(answer(delivery.value, upstream.upstream.dropped, upstreamWaitMs)) : delivery
  })
}

async function translated(sending: With<'calls'>): Promise<Result<Answer>> {
  const { upstream, model, world } = sending
  const startedMs = world.now()
  let lastMs = startedMs
  const batches = await inTurn(sending, () => {
    lastMs = world.now()
  })
  if (!batches.ok) return batches
  const tokens = batches.value.reduce((sum, { usage }) => sum + usage.prompt_tokens, 0)
  const usage: CompletionUsage = { prompt_tokens: tokens, completion_tokens: 0, total_tokens: tokens }
  const told = JSON.stringify({ model: model.name, usage: { prompt_tokens: tokens, total_tokens: tokens } })
  const lists = batches.value.map(({ written }, at) => (at === 0 ? written : `,${written}`))
  const pieces = ['{"object":"list","data":[', ...lists, `],${told.slice(1)}`]
  return ok(answer(delivered(pieces, usage, sending), upstream.calls[0]?.upstream.dropped ?? [], lastMs - startedMs))
}

/** All calls' vectors in the order of the inputs, or the first failure. `onHeaders`: one has begun to answer. */
async function inTurn(sending: With<'calls'>, onHeaders: () => void): Promise<Result<readonly TranslatedVectors[]>> {
  const { calls } = sending.upstream
  const batches: TranslatedVectors[] = []
  let failed: { readonly ok: false; readonly failure: Failure } | undefined
  let next = 0
  const room = roomFor(sending.request.embeddings)
  const oneByOne = async () => {
    while (failed === undefined) {
      const at = next++
      const one = calls[at]
      if (one === undefined) return
      const vectors = await vectorsFrom(one, sending, onHeaders)
      const result = vectors.ok && !room.suffices(vectors.value, one.request) ? TOO_LARGE : vectors
      if (result.ok) batches[at] = result.value
      else {
        failed ??= result
        // Nobody wants the others any more
        sending.stopper.stop(result.failure)
      }
    }
  }
  await Promise.all(Array.from({ length: CALLS_AT_A_TIME }, oneByOne))
  return failed ?? ok(batches)
}

/** Vectors of one model are about equally large as text. So the first answer tells what all will come to, a few hundredths more or less. */
const SURELY = 0.9

function roomFor({ input }: EmbeddingsRequest) {
  const all = countOf(input)
  let inputs = 0
  let bytes = 0
  return {
    /** With these vectors as well, and those that are yet to come. */
    suffices({ written }: TranslatedVectors, part: EmbeddingsRequest): boolean {
      inputs += countOf(part.input)
      bytes += written.length
      return bytes + SURELY * (all - inputs) * (bytes / inputs) <= MAX_WRITTEN_BYTES
    },
  }
}

/**
 * Said to the caller at once, and nobody else is asked. An upstream whose answers are written anew too would come to the same and cost as much again; one whose
 * answers pass through might do it, but what is advised here holds with either.
 */
const TOO_LARGE = rejected(
  'input',
  'The vectors of so many texts are too large together. Ask for fewer at a time, for fewer dimensions, or in base64.',
)

function vectorsFrom(
  { request: part, from, upstream: up }: EmbeddingsCall,
  sending: With<'calls'>,
  onHeaders: () => void,
): Promise<Result<TranslatedVectors>> {
  const { request, upstream } = sending
  const isPart = upstream.calls.length > 1 && part.input.kind === 'texts'
  const promptTokens = isPart ? estimateTextTokens(part.input.texts) : request.promptTokens
  // By its own texts: with time for all of them, a call that hangs would use up the whole request's
  const gotFirstToken = limitFirstToken({ ...sending, request: { ...request, promptTokens } })
  return call(sending, up, response => {
    gotFirstToken()
    onHeaders()
    const reading = { ...sending, idleMs: request.limits.idleMs }
    return translatedVectors(response.body, upstream.embedder, { request: part, from, promptTokens }, reading)
  })
}

const answer = (delivery: Delivery, dropped: readonly string[], upstreamWaitMs: number): Answer => ({
  ...delivery,
  isStream: false,
  dropped,
  upstreamWaitMs,
  firstTokenMs: undefined,
})
