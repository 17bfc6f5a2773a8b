/**
 * A conversation as turns, for dialects that want speakers to alternate: what one speaker says in a row is joined, and what says nothing makes
 * no turn.
 */
import type { ChatMessage } from '../../chat'

export interface Turn<Kind, Piece> {
  readonly kind: Kind
  readonly pieces: Piece[]
}

export class Turns<Kind, Piece> {
  readonly list: Turn<Kind, Piece>[] = []

  add(kind: Kind, pieces: readonly Piece[]): void {
    const last = this.list.at(-1)
    if (last?.kind === kind) last.pieces.push(...pieces)
    else if (pieces.length > 0) this.list.push({ kind, pieces: [...pieces] })
  }
}

/**
 * Where the closing instructions begin: system messages behind the last word of the assistant. They ask for another answer. Moved to the front,
 * as all others are, they would leave that word at the end, and the model would go on with it.
 */
export function closingFrom(messages: readonly ChatMessage[]): number {
  const last = messages.findLastIndex(({ role }) => role !== 'system' && role !== 'developer')
  return messages[last]?.role === 'assistant' ? last + 1 : messages.length
}
