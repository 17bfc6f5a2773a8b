/**
 * The vocabulary of the fidelity table: what a caller asks for on a surface, and what becomes of it at each provider. The table is walked by
 * `test/worker/fidelity.test.ts`, which proves every cell on the bundled Worker, and printed into README.md by `write.ts`.
 */
import type { ProviderName } from '../../src/model'
import type { AnswerOptions } from '../support/plan'

export const PROVIDERS = ['openai', 'openai-compatible', 'anthropic', 'google'] as const satisfies readonly ProviderName[]
export type Dialect = 'openai' | 'anthropic' | 'google'
/** Another surface is a name here, an object in `surface.ts`, and then rows. */
export const SURFACES = ['chat', 'messages'] as const
export type SurfaceName = (typeof SURFACES)[number]

type Json = Readonly<Record<string, unknown>>

interface Noted {
  /** A footnote. */
  readonly note?: string
}

/** What goes up. Every field given is asserted. */
export interface Upward {
  /** These parts of the upstream's body, lists whole. */
  readonly sends?: Json
  /** Paths that the upstream's body does not have. */
  readonly lacks?: readonly string[]
  readonly sendsHeaders?: Readonly<Record<string, string>>
  readonly lacksHeaders?: readonly string[]
}

export type RequestCell = Noted &
  (
    | ({ readonly is: 'yes' } & Upward)
    /** The caller's own words. Not given: every field of the ask, as it was asked. */
    | ({ readonly is: 'native' } & Upward)
    /** `names` are those of `x-router-dropped`. */
    | ({ readonly is: 'dropped'; readonly names: readonly string[] } & Upward)
    /** Status 400 that names this field, and nobody is asked. */
    | { readonly is: 'refused'; readonly field: string }
    | { readonly is: '–' }
  )

export interface Ask {
  /** Over the least that the surface takes. */
  readonly body: Json
  readonly headers?: Readonly<Record<string, string>>
  readonly cells: Readonly<Record<ProviderName, RequestCell>>
}

export interface RequestFeature {
  readonly name: string
  /** The models asked where they are not the usual ones. */
  readonly models?: Partial<Readonly<Record<ProviderName, string>>>
  /** Why the simulated providers' own checks are not asked whether they would take it. */
  readonly unchecked?: string
  /** A string says why a surface has no such thing; one that is not named has not been looked at. */
  readonly on: Readonly<Partial<Record<SurfaceName, Ask | string>>>
}

/** What the upstream answers: by the simulator's description, or its own recorded words. */
export type Given = AnswerOptions | { readonly json: Json; readonly events: readonly Json[] }

export type AnswerCell = Noted &
  (
    | { readonly is: 'yes'; readonly returns: Json; readonly streams?: Json }
    /** Byte for byte. */
    | { readonly is: 'native' }
    | { readonly is: 'dropped'; readonly returns: Json; readonly streams?: Json; readonly lacks?: readonly string[] }
    | { readonly is: '–' }
  )

export interface AnswerFeature {
  readonly name: string
  readonly asks?: Partial<Readonly<Record<SurfaceName, Json>>>
  readonly given: Partial<Readonly<Record<Dialect, Given>>>
  readonly on: Readonly<Partial<Record<SurfaceName, Readonly<Record<ProviderName, AnswerCell>> | string>>>
}

export interface Refused {
  readonly status: number
  readonly body: Json
}

/** How an upstream's error reaches the caller: status and error body, the same words for every provider. */
export interface ErrorFeature {
  readonly name: string
  readonly given: Readonly<Record<Dialect, Refused>>
  readonly on: Readonly<Partial<Record<SurfaceName, { readonly status: number; readonly body: Json; readonly note?: string }>>>
}

// Constructors, so that a row reads as a row

export const native = (upward: Upward & Noted = {}): RequestCell & AnswerCell => ({ is: 'native', ...upward })
export const yes = (sends: Json, rest: Omit<Upward, 'sends'> & Noted = {}): RequestCell => ({ is: 'yes', sends, ...rest })
/** It asks for nothing that has to be sent. */
export const without = (lacks: readonly string[], note: string): RequestCell => ({ is: 'yes', lacks, note })
export const dropped = (names: string | readonly string[], rest: Upward & Noted = {}): RequestCell => ({
  is: 'dropped',
  names: typeof names === 'string' ? [names] : names,
  ...rest,
})
/** Dropped without a word, since the answer loses nothing by it or nobody could help it; the note says why. */
export const unsaid = (sends: Json, rest: Omit<Upward, 'sends'> & { readonly note: string }): RequestCell => ({
  is: 'dropped',
  names: [],
  sends,
  ...rest,
})
export const refused = (field: string, note?: string): RequestCell => ({
  is: 'refused',
  field,
  ...(note !== undefined && { note }),
})
export const none = (note?: string): { readonly is: '–'; readonly note?: string } => ({
  is: '–',
  ...(note !== undefined && { note }),
})
export const returns = (what: Json, rest: { readonly streams?: Json } & Noted = {}): AnswerCell => ({
  is: 'yes',
  returns: what,
  ...rest,
})

/** Chat Completions: what OpenAI's own API and its compatibles get as it came, and what the others make of it. */
export function chat(
  body: Json,
  cells: { readonly anthropic: RequestCell; readonly google: RequestCell } & Partial<Record<ProviderName, RequestCell>>,
): Ask {
  return { body, cells: { openai: native(), 'openai-compatible': native(), ...cells } }
}

/** Messages: Anthropic's own API gets it as it came; a compatible upstream gets what OpenAI gets, unless it is said otherwise. */
export function messages(
  body: Json,
  cells: { readonly openai: RequestCell; readonly google: RequestCell } & Partial<Record<ProviderName, RequestCell>>,
): Ask {
  return { body, cells: { anthropic: native(), 'openai-compatible': cells.openai, ...cells } }
}

/** Answers on each surface: native where the dialect is the surface's own. */
export const chatAnswers = (cells: Readonly<Record<'anthropic' | 'google', AnswerCell>>) => ({
  openai: native(),
  'openai-compatible': native(),
  ...cells,
})
export const messagesAnswers = (cells: Readonly<Record<'openai' | 'google', AnswerCell>>) => ({
  anthropic: native(),
  'openai-compatible': cells.openai,
  ...cells,
})
