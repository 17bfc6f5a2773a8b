/**
 * What is measured, as data: five kinds of request, and the streams once more at the pace of a model that writes. And, apart from them, what an
 * event costs on its way from every provider to every surface.
 */
import { PROVIDER_NAMES, type ProviderName } from '../providers/provider'

export const SURFACES = ['chat', 'messages'] as const
export type Surface = (typeof SURFACES)[number]

export const SURFACE_PATHS: Readonly<Record<Surface, string>> = { chat: '/v1/chat/completions', messages: '/v1/messages' }

export interface Scenario {
  readonly name: string
  /** The upstream's. */
  readonly dialect: ProviderName
  /** What the caller speaks. */
  readonly surface: Surface
  /** Content events of a stream. */
  readonly chunks: number
  /** Where the bare Worker sends the request. The router finds its own way. */
  readonly upstreamPath: string
  /** Between two events of the upstream. 0: each in a turn of the event loop of its own, so that a busy reader finds several at once. */
  readonly gapMs: number
  readonly body: string
}

/** Where each provider streams; OpenAI's answers in JSON too. */
export const UPSTREAM_PATHS: Readonly<Record<ProviderName, string>> = {
  openai: '/openai/v1/chat/completions',
  anthropic: '/anthropic/v1/messages',
  google: '/google/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse',
}

/** Far enough apart that every event is a read of its own, which is what a Worker sees of a real model at 20 to 100 tokens a second. */
const PACED_MS = 8

const CHUNKS = 50

const QUESTION = 'Which rivers cross the border between Austria and Hungary, and where do they rise?'

const streams = ([gapMs, pace]: readonly [number, string]): readonly Scenario[] => [
  scenario(`SSE, 50 chunks${pace}, native`, 'openai', gapMs, true, QUESTION),
  scenario(`SSE, 50 chunks${pace}, from Anthropic`, 'anthropic', gapMs, true, QUESTION),
  scenario(`SSE, 50 chunks${pace}, from Gemini`, 'google', gapMs, true, QUESTION),
]

export const SCENARIOS: readonly Scenario[] = [
  scenario('JSON, small body, native', 'openai', 0, false, QUESTION),
  scenario('JSON, 50 kB prompt, native', 'openai', 0, false, prose(50_000)),
  ...streams([0, ' in a burst']),
  ...streams([PACED_MS, ` ${PACED_MS} ms apart`]),
]

function scenario(name: string, dialect: ProviderName, gapMs: number, stream: boolean, content: string): Scenario {
  const model = dialect === 'openai' ? 'auto' : dialect
  const system = { role: 'system', content: 'You are a helpful assistant. Answer in a few sentences.' }
  const messages = [system, { role: 'user', content }]
  const body = JSON.stringify({ model, stream, messages })
  return { name, dialect, surface: 'chat', chunks: CHUNKS, upstreamPath: UPSTREAM_PATHS[dialect], gapMs, body }
}

/** The same stream in two lengths, so that what a request costs by itself falls out of the difference. */
export interface EventScenario {
  readonly name: string
  readonly short: Scenario
  readonly long: Scenario
}

const SHORT_CHUNKS = 25
const LONG_CHUNKS = 125

export const EVENT_SCENARIOS: readonly EventScenario[] = SURFACES.flatMap(surface =>
  PROVIDER_NAMES.map(dialect => {
    const name = `${surface} from ${dialect}`
    const of = (chunks: number): Scenario => {
      const messages = [{ role: 'user', content: QUESTION }]
      const body = JSON.stringify({ model: dialect, stream: true, max_tokens: 500, messages })
      return { name, dialect, surface, chunks, upstreamPath: UPSTREAM_PATHS[dialect], gapMs: PACED_MS, body }
    }
    return { name, short: of(SHORT_CHUNKS), long: of(LONG_CHUNKS) }
  }),
)

/** English of this many characters, in which no line is like another. */
function prose(characters: number): string {
  const lines = Array.from(
    { length: Math.ceil(characters / 80) },
    (_, index) =>
      `In year ${index} of the survey the river rose by ${(index * 37) % 101} cm before the bridge was closed to carts.\n`,
  )
  return `Summarise this report.\n${lines.join('')}`.slice(0, characters)
}
