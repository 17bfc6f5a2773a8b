/** The request's body as text. The caller's schemas are part of it, and JSON nested a few thousand deep cannot be written again. */
import { ok, type Result } from '../../outcome'
import { rejected } from './fault'

export function encode(body: unknown): Result<string> {
  try {
    return ok(JSON.stringify(body))
  } catch (thrown) {
    if (thrown instanceof RangeError) return rejected('body', 'The request is nested too deeply.')
    throw thrown
  }
}
