/** How a body that was begun came to its end. The client has seen all of it, or an explicit error, or has left. */
import type { CompletionUsage } from '../chat'
import type { Failure } from '../outcome'

export interface Ending {
  /** Undefined: the answer is complete. `client-left` is no fault of the model. */
  readonly failure: Failure | undefined
  /** As far as the provider told. */
  readonly usage: CompletionUsage | undefined
  /** From the first content to the end, ms. */
  readonly writingMs: number
  /** Output tokens, counted or estimated from the number of events. */
  readonly outputTokens: number | undefined
}

/** A body on its way to the client. */
export interface Flow {
  readonly body: ReadableStream<Uint8Array>
  /** Never rejects. */
  readonly ended: Promise<Ending>
}
