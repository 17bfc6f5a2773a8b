/** What goes over the wire in one attempt at a chat: the request up, and the answer down until its first content. `embed.ts` is its counterpart. */
import type { Limits } from '../config'
import { parseJson } from '../json'
import type { Model } from '../model'
import { type Failure, fail, ok, type Result } from '../outcome'
import type { AnswerContext, Dialect, UpstreamRequest } from '../provider/dialect'
import { createEventDecoder } from '../provider/events'
import type { Surface } from '../provider/surface'
import type { Relation } from '../state/cached-share'
import { readText } from './body'
import { type Connection, call } from './call'
import type { Ending, Flow } from './ending'
import { scrubbed, withoutSecrets } from './error-text'
import { passGate } from './gate'
import { passThrough } from './passthrough'
import type { Patience } from './patience'
import type { ChatAsked, EmbeddingsAsked } from './question'
import { translate } from './translate'

interface ChatSought extends ChatAsked {
  readonly surface: Surface
  readonly answer: AnswerContext
}

/** What is asked of a model, either kind of work. */
export type Sought = ChatSought | EmbeddingsAsked

export interface Bounds {
  readonly promptTokens: number
  /** How the conversation stands to the model, as far as the strategy looked. */
  readonly relation?: Relation | undefined
  readonly limits: Limits
  /** Undefined: nothing but its limits ends the attempt. */
  readonly patience?: Patience | undefined
  /** When the whole request must be over, and whose wish that is. */
  readonly deadline: { readonly atMs: number; readonly limit: 'total' | 'deadline' }
}

export type Request = Sought & Bounds

export interface Answer {
  readonly body: string | ReadableStream<Uint8Array>
  readonly isStream: boolean
  /** Fields of the request that this model's dialect has no word for. */
  readonly dropped: readonly string[]
  /** From sending to the headers, and to the first content, ms. The latter only for streams. */
  readonly upstreamWaitMs: number
  readonly firstTokenMs: number | undefined
  /** The end of the body. Never rejects. */
  readonly ended: Promise<Ending>
}

/** A JSON answer larger than this is no chat completion. */
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
const MAX_ERROR_BYTES = 64 * 1024
/** About what reading a prompt takes of the slower providers. */
const FIRST_TOKEN_PER_PROMPT_TOKEN_MS = 0.5
/** A model that thinks first may be silent for long. */
const REASONING_FIRST_TOKEN_MS = 120_000

interface ChatSending extends Connection {
  readonly request: ChatSought & Bounds
  readonly upstream: UpstreamRequest
}

/** Never rejects. */
export async function send(sending: ChatSending): Promise<Result<Answer>> {
  const { request, upstream, world } = sending
  const isStream = request.chat.stream === true
  limitWhole(sending)
  const gotFirstToken = isStream ? limitFirstToken(sending) : () => {}
  const sentMs = world.now()
  return call(sending, upstream, (response, upstreamWaitMs) => {
    const timing = { upstreamWaitMs, dropped: upstream.dropped }
    return isStream ? streamAnswer(response, sending, timing, sentMs, gotFirstToken) : jsonAnswer(response, sending, timing)
  })
}

type Limited = Pick<Connection, 'model' | 'stopper' | 'world'> & { readonly request: Request }

export function limitWhole({ request: { deadline }, stopper, world }: Limited): void {
  stopper.limit(deadline.limit, Math.max(1, deadline.atMs - world.now()))
}

/** The returned function is to be called when it has come. */
export function limitFirstToken({ request, model, stopper }: Limited): () => void {
  return stopper.limit('first-token', firstTokenLimitMs(request, model), patienceWith(request))
}

export type Timing = Pick<Answer, 'upstreamWaitMs' | 'dropped'>

async function jsonAnswer(
  response: Response,
  { request, dialect, secrets }: ChatSending,
  timing: Timing,
): Promise<Result<Answer>> {
  const { text, isWhole } = await readText(response.body, MAX_ANSWER_BYTES)
  if (!isWhole) return fail({ kind: 'malformed', detail: `it is larger than ${MAX_ANSWER_BYTES} bytes` })
  const value = parseJson(text)
  if (value === undefined) return fail({ kind: 'malformed', detail: text.trim() === '' ? 'it is empty' : 'it is not JSON' })
  const completion = dialect.reply(value, request.answer)
  if (!completion.ok) return completion
  const { usage } = completion.value
  return ok({
    ...timing,
    body: request.surface.dialect === dialect.name ? withoutSecrets(text, secrets) : request.surface.answer(completion.value),
    isStream: false,
    firstTokenMs: undefined,
    ended: Promise.resolve({ failure: undefined, usage, writingMs: 0, outputTokens: usage?.completion_tokens }),
  })
}

async function streamAnswer(
  response: Response,
  sending: ChatSending,
  timing: Timing,
  sentMs: number,
  gotFirstToken: () => void,
): Promise<Result<Answer>> {
  const { request, dialect, stopper, world, lease, secrets } = sending
  if (response.body === null) return fail({ kind: 'malformed', detail: 'it is empty' })
  const type = response.headers.get('content-type') ?? ''
  if (/^\s*(text\/html|application\/json)/i.test(type)) return fail(await notAStream(response, dialect, request.answer, type))
  const reader = response.body.getReader()
  const decoder = createEventDecoder()
  const stream = scrubbed(dialect.stream(request.answer), secrets)
  const gated = await passGate(reader, decoder, stream, dialect.preambleBytes)
  if (!gated.ok) return gated
  gotFirstToken()
  lease.firstToken(world.now())

  const writer = request.surface.stream(request.answer, {
    includeUsage: request.chat.stream_options?.include_usage === true,
  })
  const common = { committed: gated.value, writer, stopper, idleMs: request.limits.idleMs, world }
  const { answer } = request
  let flow: Flow
  if (request.surface.dialect === dialect.name) {
    reader.releaseLock()
    flow = passThrough({ ...common, body: response.body, newReader: () => dialect.stream(answer) })
  } else {
    flow = translate({ ...common, reader, decoder, stream })
  }
  return ok({ ...timing, ...flow, isStream: true, firstTokenMs: world.now() - sentMs })
}

/** A stream was asked for and a document came: an error in disguise, or somebody else's page. */
async function notAStream(response: Response, dialect: Dialect, context: AnswerContext, type: string): Promise<Failure> {
  const { text } = await readText(response.body, MAX_ERROR_BYTES)
  const value = parseJson(text)
  const reply = value === undefined ? undefined : dialect.reply(value, context)
  if (reply?.ok === false && reply.failure.kind === 'stream-error') return reply.failure
  return { kind: 'malformed', detail: `a stream was asked for and ${type.split(';')[0]} came` }
}

function firstTokenLimitMs(request: Request, model: Model): number {
  const baseMs = model.firstTokenMs ?? request.limits.firstTokenMs
  return Math.max(baseMs, thinks(request) ? REASONING_FIRST_TOKEN_MS : 0) + FIRST_TOKEN_PER_PROMPT_TOKEN_MS * request.promptTokens
}

/** What was seen of a model's times says little of how long it thinks. */
const patienceWith = (request: Request): Patience | undefined => (thinks(request) ? undefined : request.patience)

function thinks(request: Request): boolean {
  const effort = 'chat' in request ? request.chat.reasoning_effort : undefined
  return typeof effort === 'string' && effort !== 'none' && effort !== 'minimal'
}
