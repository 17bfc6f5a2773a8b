/** The Gemini API dialect. */
import type { Dialect } from '../dialect'
import { error } from './error'
import { reply } from './reply'
import { request } from './request'
import { stream } from './stream'

export const google: Dialect = {
  name: 'google',
  defaultBaseUrl: 'https://generativelanguage.googleapis.com',
  request,
  reply,
  stream,
  error,
}
