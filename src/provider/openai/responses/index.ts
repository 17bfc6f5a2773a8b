/** The OpenAI Responses dialect, spoken by OpenAI itself; of compatible upstreams few do, and those get chat completions. */
import type { Dialect } from '../../dialect'
import { error } from './error'
import { reply } from './reply'
import { request } from './request'
import { stream } from './stream'

/** Two events repeat instructions and tools before anything is said. More than one event's limit (1 Mi characters) each, at up to two bytes a character, nobody can read. */
const PREAMBLE_BYTES = 4 * 1024 * 1024

export const openaiResponses: Dialect = {
  name: 'openai-responses',
  defaultBaseUrl: 'https://api.openai.com/v1',
  preambleBytes: PREAMBLE_BYTES,
  request,
  reply,
  stream,
  error,
}
