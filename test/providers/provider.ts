/**
 * A simulated provider: what sets one apart from the others, as one interface. How a request is played out once it is understood
 * is the same for all and lives in `serve.ts`.
 */
import type { Answer, Frame } from './answer'
import type { Identity } from './compose'
import type { Refusal, Refuse } from './error/refusal'
import type { Accepted, Prompt } from './prompt'

export const PROVIDER_NAMES = ['openai', 'anthropic', 'google'] as const
/** Also the first segment of its paths. */
export type ProviderName = (typeof PROVIDER_NAMES)[number]

/** What the form of an answer depends on besides the answer. `body` is the request's own: some answers repeat parts of it. */
export type Wants = Pick<Prompt, 'choices' | 'includeUsage'> & { readonly body?: unknown }

/**
 * What a path leads to. `json` writes an answer that is not streamed, `stream` one that is where the provider has several formats; `reply`
 * endpoints answer at once, from the body alone.
 */
export type Endpoint =
  | {
      readonly kind: 'chat'
      readonly accept: (body: unknown) => Accepted
      readonly json: (answer: Answer, wants: Wants) => string
      readonly stream?: (answer: Answer, wants: Wants) => readonly Frame[]
      readonly errorFrame?: (refusal: Refusal) => string
    }
  | { readonly kind: 'reply'; readonly reply: (body: unknown) => Reply }

export type Reply = { readonly kind: 'json'; readonly body: unknown } | { readonly kind: 'refused'; readonly refusal: Refusal }

export interface Provider {
  readonly name: ProviderName
  /** In the genitive, as in "OpenAI's wire format". */
  readonly format: string
  /** `path` is without the provider's own prefix. Undefined: there is nothing there. */
  readonly endpoint: (method: string, path: string, query: URLSearchParams) => Endpoint | undefined
  /** Why these headers are not let in, if so. */
  readonly admit: (headers: Headers) => Refusal | undefined
  readonly identity: (unique: string, nowMs: number) => Identity
  readonly stream: (answer: Answer, wants: Wants) => readonly Frame[]
  /** Of its streams. */
  readonly streamType: string
  readonly refuse: Refuse
  readonly errorFrame: (refusal: Refusal) => string
  /** On every response: request id, rate limits. */
  readonly headers: (unique: string, nowMs: number, promptTokens: number) => Readonly<Record<string, string>>
}

/** A key with this in it is one that the provider has never issued. */
const INVALID_KEY = /invalid/i

export const bearer = (headers: Headers): string | undefined => /^bearer\s+(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1]

export function keyProblem(key: string | undefined, refuse: Refuse): Refusal | undefined {
  if (key === undefined || key === '') return refuse('no-key')
  return INVALID_KEY.test(key) ? refuse('bad-key') : undefined
}
