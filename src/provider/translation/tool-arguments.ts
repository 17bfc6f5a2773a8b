/**
 * OpenAI's tool arguments are JSON text as the model wrote it, other dialects want the object. Text that is no object is the
 * caller's mistake and is named: a silent `{}` would show the model a call that never happened.
 */

import { isObject, type JsonObject, parseJson } from '../../json'
import { ok, type Result } from '../../outcome'
import { rejected } from './fault'

/** Blank text is the one exception: several models write a call without arguments that way. */
export function toolArguments(text: string, path: string): Result<JsonObject> {
  if (text.trim() === '') return ok({})
  const value = parseJson(text)
  return isObject(value) ? ok(value) : rejected(path, `${path} must be the JSON text of an object.`)
}
