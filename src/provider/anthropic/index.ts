/** The Anthropic Messages dialect. */
import type { Dialect } from '../dialect'
import { error } from './error'
import { reply } from './reply'
import { request } from './request'
import { stream } from './stream'

export const anthropic: Dialect = {
  name: 'anthropic',
  defaultBaseUrl: 'https://api.anthropic.com',
  request,
  reply,
  stream,
  error,
}
