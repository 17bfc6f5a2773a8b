/** `POST /v1/responses`: OpenAI's Responses, answered by every provider, and kept by nobody. */
import { isDeeper } from '../json'
import { fail, ok, type Problem, problemOf, type Result } from '../outcome'
import type { Native } from '../provider/native'
import { BETA } from '../provider/openai/beta'
import { ResponsesSchema, readResponses } from '../provider/openai/responses/caller'
import { settingsOf } from '../provider/openai/responses/echo'
import { nativeRequest } from '../provider/openai/responses/native'
import { responsesSurface } from '../provider/openai/responses/surface'
import type { Settings } from '../provider/openai/responses/wire'
import { withoutControls } from '../router/controls'
import { answer } from './answer'
import type { AppContext } from './context'
import { factHeaders } from './facts'
import { type ParsedChat, parseBody, withControls } from './parse'
import { invalidRequest, problemResponse } from './problem'
import { surfaceOf } from './surface'

export async function responses(c: AppContext): Promise<Response> {
  const { requestId, world } = c.var
  const text = await c.req.text()
  const parsed = parseResponses(text, name => c.req.header(name) ?? null)
  if (!parsed.ok) {
    const headers = factHeaders({ requestId, decision: undefined, attempts: 0 })
    return problemResponse(parsed.failure, surfaceOf(c), headers)
  }
  const { settings, ...asked } = parsed.value
  const createdSeconds = Math.floor(world.now() / 1000)
  return answer(c, { ...asked, surface: responsesSurface({ requestId, createdSeconds, settings, model: asked.chat.model }) })
}

/** Everything that OpenAI offers below the endpoint is about responses that it has kept. */
export function noResponse(c: AppContext): Response {
  const message =
    `There is no ${c.req.method} ${c.req.path} here: this router keeps no responses, so there is nothing to fetch, delete or go on with. ` +
    'Send the whole conversation to POST /v1/responses.'
  return problemResponse(invalidRequest(message, null, 404, 'not_found'), surfaceOf(c))
}

/** Of what every response repeats, and so has to be written again whoever answers. Deeper than any tool's schema: OpenAI itself takes ten levels. */
const MAX_LEVELS = 100

interface ParsedResponses extends ParsedChat {
  readonly native: Native
  readonly settings: Settings
}

export function parseResponses(text: string, header: (name: string) => string | null): Result<ParsedResponses, Problem> {
  const body = parseBody(text, ResponsesSchema)
  if (!body.ok) return body
  const read = readResponses(body.value)
  if (!read.ok) return fail(problemOf(read.failure))
  const controlled = withControls(read.value.chat, header)
  if (!controlled.ok) return controlled
  const { metadata } = withoutControls(read.value.chat)
  const settings = settingsOf(body.value, metadata)
  const [tooDeep] = Object.entries(settings).find(([, value]) => isDeeper(value, MAX_LEVELS)) ?? []
  if (tooDeep !== undefined) return fail(invalidRequest(`${tooDeep} is nested too deeply.`, tooDeep, 400, 'invalid_value'))
  const native = nativeRequest(body.value, read.value, metadata, header(BETA) ?? undefined)
  return ok({ ...controlled.value, native, settings })
}
