/**
 * A bug of our own, met while a request is under way. An operator finds it in the log, with its stack; for everyone else it is a failure like others, so
 * that the client is told, the lease ends, and another model may do better.
 */
import { type Failure, fail, ok, type Result, redact } from '../outcome'

/** `where`: what was being done. */
export function bugFound(where: string, error: unknown): Failure {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  console.error(JSON.stringify({ level: 'error', event: 'bug', where, error: redact(message), stack: redact(stack ?? '') }))
  return { kind: 'malformed', detail: 'the router could not read it' }
}

/** The value, or a bug's failure. */
export function guarded<T>(where: string, work: () => T): Result<T> {
  try {
    return ok(work())
  } catch (error) {
    return fail(bugFound(where, error))
  }
}
