/** The two ways in which a request cannot be translated, and walking a list that may fail at any member. */
import { type Failure, fail, ok, type Result } from '../../outcome'

/** The caller's mistake: no model could make sense of `param`. */
export function rejected(param: string, message: string): { readonly ok: false; readonly failure: Failure } {
  return fail({ kind: 'rejected', upstream: { status: 400, message, type: 'invalid_request_error', param } })
}

/** Sound, but beyond this model or dialect: another may do it. */
export function unsupported(field: string, detail: string): { readonly ok: false; readonly failure: Failure } {
  return fail({ kind: 'unsupported', field, detail })
}

/** Every member translated, or the first failure. */
export function each<T, U>(items: readonly T[], translate: (item: T, index: number) => Result<U>): Result<U[]> {
  const values: U[] = []
  for (const [index, item] of items.entries()) {
    const result = translate(item, index)
    if (!result.ok) return result
    values.push(result.value)
  }
  return ok(values)
}
