/** The OpenAI Chat Completions dialect, spoken by OpenAI and by every compatible upstream. */
import type { Dialect } from '../dialect'
import { error } from './error'
import { reply } from './reply'
import { request } from './request'
import { stream } from './stream'

export const openai: Dialect = {
  name: 'openai',
  defaultBaseUrl: 'https://api.openai.com/v1',
  request,
  reply,
  stream,
  error,
}
