/**
 * The vocabulary of the fidelity table: what a caller asks for on a surface, and what becomes of it at each provider. The table is walked by
 * `test/worker/fidelity.test.ts`, which proves every cell on the bundled Worker, and printed into README.md by `write.ts`.
 */
import type { ProviderName } from '../../src/model'
import type { AnswerOptions } from '../support/plan'

export const PROVIDERS = ['openai', 'openai-compatible', 'anthropic', 'google'] as const satisfies readonly ProviderName[]
export type Dialect = 'openai' | 'anthropic' | 'google'
/** Another surface is a name here, an object in `surface.ts`, and then rows. */
export const SURFACES = ['chat', 'messages', 'responses'] as const
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
  /** The row's name on this surface, where its fields have other names. */
  readonly called?: string
  /** Over the least that the surface takes. */
  readonly body: Json
  readonly headers?: Readonly<Record<string, string>>
  readonly cells: Readonly<Record<ProviderName, RequestCell>>
}

/**
 * A response asked for as a chat is: of others it gets what the chat gets, and a compatible upstream gets the chat itself. `cells` are those
 * that differ, be it in a field's name.
 */
export interface LikeChat {
  readonly called?: string
  readonly like: 'chat'
  readonly body: Json
  readonly headers?: Readonly<Record<string, string>>
  readonly cells: Partial<Readonly<Record<ProviderName, RequestCell>>>
}

export interface RequestRow {
  readonly name: string
  /** The models asked where they are not the usual ones. */
  readonly models?: Partial<Readonly<Record<ProviderName, string>>>
  /** Why the simulated providers' own checks are not asked whether they would take it. */
  readonly unchecked?: string
  /** A string says why a surface has no such thing. */
  readonly on: Readonly<Record<SurfaceName, Ask | LikeChat | string>>
}

/** A row with all its cells. */
export interface RequestFeature extends RequestRow {
  readonly on: Readonly<Record<SurfaceName, Ask | string>>
}

export function filled(row: RequestRow): RequestFeature {
  const { chat, messages, responses } = row.on
  return { ...row, on: { chat: own(chat), messages: own(messages), responses: filledLike(own(chat), responses) } }
}

function own(asked: Ask | LikeChat | string): Ask | string {
  if (typeof asked !== 'string' && 'like' in asked) throw new Error('a chat is like no other')
  return asked
}

function filledLike(chat: Ask | string, asked: Ask | LikeChat | string): Ask | string {
  if (typeof asked === 'string' || !('like' in asked)) return asked
  if (typeof chat === 'string') throw new Error(`there is no chat to be like: ${chat}`)
  const { like: _, cells, ...rest } = asked
  const compatible = chat.cells['openai-compatible']
  return {
    ...rest,
    cells: {
      ...chat.cells,
      openai: native(),
      'openai-compatible': compatible.is === 'native' && compatible.sends === undefined ? yes(chat.body) : compatible,
      ...cells,
    },
  }
}

/** Who answers, answers all alike. Without `returns` it does not matter what. */
export interface EmbeddingsFeature {
  readonly name: string
  readonly body: Json
  readonly returns?: Json
  readonly cells: Readonly<Record<ProviderName, RequestCell>>
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
  /** The row's name on a surface that has other words for it. */
  readonly called?: Partial<Readonly<Record<SurfaceName, string>>>
  readonly asks?: Partial<Readonly<Record<SurfaceName, Json>>>
  readonly given: Partial<Readonly<Record<Dialect, Given>>>
  readonly on: Readonly<Record<SurfaceName, Readonly<Record<ProviderName, AnswerCell>> | string>>
}

export interface Refused {
  readonly status: number
  readonly body: Json
}

/** How an upstream's error reaches the caller: status and error body, the same words for every provider. */
export interface ErrorFeature {
  readonly name: string
  readonly given: Readonly<Record<Dialect, Refused>>
  readonly on: Readonly<Record<SurfaceName, { readonly status: number; readonly body: Json; readonly note?: string }>>
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

/** Responses, as far as they are asked for as chats are. */
export function likeChat(
  body: Json,
  rest: Pick<LikeChat, 'called'> & Partial<Readonly<Record<ProviderName, RequestCell>>> = {},
): LikeChat {
  const { called, ...cells } = rest
  return { like: 'chat', body, cells, ...(called !== undefined && { called }) }
}

/** Responses that ask for what no chat can. */
export function responses(
  body: Json,
  cells: Readonly<Record<'openai-compatible' | 'anthropic' | 'google', RequestCell>> & Partial<Record<ProviderName, RequestCell>>,
): Ask {
  return { body, cells: { openai: native(), ...cells } }
}

/** The same at all but OpenAI. */
export const elsewhere = (cell: RequestCell) => ({ 'openai-compatible': cell, anthropic: cell, google: cell })

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
/** All who speak something else come out alike, unless it is said otherwise. */
export const responsesAnswers = (cell: AnswerCell, others: Partial<Readonly<Record<ProviderName, AnswerCell>>> = {}) => ({
  openai: native(),
  'openai-compatible': cell,
  anthropic: cell,
  google: cell,
  ...others,
})
