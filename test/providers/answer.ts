/**
 * An answer before it takes on any provider's wire form. One description serves the JSON body and the stream of all three formats,
 * so that the simulator and the faulty upstream cannot disagree about what a provider looks like.
 */

export type Piece =
  | { readonly kind: 'text'; readonly deltas: readonly string[] }
  | { readonly kind: 'reasoning'; readonly deltas: readonly string[] }
  | { readonly kind: 'refusal'; readonly deltas: readonly string[] }
  /** The deltas join to JSON text. */
  | { readonly kind: 'tool-call'; readonly id: string; readonly name: string; readonly deltas: readonly string[] }

export type Finish = 'stop' | 'length' | 'tool-calls' | 'filtered'

/** All in tokens. `prompt` includes `cached`; `answer` excludes `reasoning`. */
export interface Usage {
  readonly prompt: number
  readonly cached: number
  readonly answer: number
  readonly reasoning: number
}

export interface Answer {
  readonly id: string
  readonly model: string
  readonly createdSeconds: number
  readonly pieces: readonly Piece[]
  readonly finish: Finish
  readonly usage: Usage
}

/** One event of a stream. Only `content` frames carry something that a reader would show or run. */
export interface Frame {
  readonly part: 'opening' | 'content' | 'closing'
  readonly text: string
}

/** Words with the white space behind them: what a tokenizer's output looks like from a distance. */
export const words = (text: string): readonly string[] => text.match(/\S+\s*|\s+/gu) ?? []

/** Slices of at most `size` characters, which never split a surrogate pair. */
export function slices(text: string, size: number): readonly string[] {
  const characters = Array.from(text)
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, index) =>
    characters.slice(index * size, (index + 1) * size).join(''),
  )
}

export const textPiece = (text: string): Piece => ({ kind: 'text', deltas: words(text) })

/** Six characters a delta: any real argument object then arrives in several. */
export const toolCallPiece = (id: string, name: string, args: unknown): Piece => ({
  kind: 'tool-call',
  id,
  name,
  deltas: slices(JSON.stringify(args), 6),
})

/** All text of one kind, as the JSON form of an answer shows it; null where there is none. */
export function joined(pieces: readonly Piece[], kind: Piece['kind']): string | null {
  const found = pieces.filter(piece => piece.kind === kind)
  return found.length === 0 ? null : found.flatMap(piece => piece.deltas).join('')
}
