/**
 * Message threads: Anthropic can keep a conversation, and a client then sends only what is new of it. Here every turn may go to another model, which
 * has not seen the turns before; so a request for a thread is declined in the words on which Anthropic's clients send the whole conversation
 * instead. Their tool runner asks for a thread unless it is told not to, and goes on by itself.
 */
import { type Failure, fail } from '../../outcome'
import type { MessagesBody } from './caller'

const CODE = 'thread_unsupported_request'

/** Undefined: no thread is asked for. */
export function declinedThread({ thread }: MessagesBody): { readonly ok: false; readonly failure: Failure } | undefined {
  if (thread === undefined || thread === null) return undefined
  const message = 'thread: this router keeps no conversations. Send the whole conversation with each request, without thread.'
  return fail({
    kind: 'rejected',
    upstream: { status: 400, message, type: 'invalid_request_error', code: CODE, param: 'thread' },
  })
}

/** Part of an error body: what clients go by. */
export const threadDetails = (code: string | null) => (code === CODE ? { details: { error_code: CODE } } : {})
