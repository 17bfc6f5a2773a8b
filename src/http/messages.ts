/**
 * `POST /v1/messages` and its token count: Anthropic's Messages, answered by every provider. Controls come as headers alone, since the
 * metadata here holds nothing but a user's id.
 */
import type * as v from 'valibot'
import { fail, ok, type Problem, problemOf, type Result } from '../outcome'
import { CountSchema, type MessagesBody, MessagesSchema, readMessages } from '../provider/anthropic/caller'
import { type Endpoint, nativeRequest } from '../provider/anthropic/native'
import { anthropicSurface } from '../provider/anthropic/surface'
import type { Native } from '../provider/native'
import { countTokens } from '../router/count'
import { answer } from './answer'
import type { AppContext } from './context'
import { factHeaders } from './facts'
import { hostOf } from './host'
import { type ParsedChat, parseBody, withControls } from './parse'
import { NO_RETRY, problemResponse } from './problem'
import { surfaceOf } from './surface'

export async function messages(c: AppContext): Promise<Response> {
  const { requestId } = c.var
  const text = await c.req.text()
  const parsed = parseMessages(c, text)
  if (!parsed.ok) return refuse(c, parsed.failure)
  const { showsThinking, ...asked } = parsed.value
  return answer(c, { ...asked, surface: anthropicSurface({ requestId, showsThinking }) })
}

export async function countMessageTokens(c: AppContext): Promise<Response> {
  const { requestId, plan, world, caller, deployment } = c.var
  const text = await c.req.text()
  const parsed = parse(c, text, CountSchema, '/v1/messages/count_tokens')
  if (!parsed.ok) return refuse(c, parsed.failure)
  const host = hostOf(c)
  const asking = {
    ...parsed.value,
    claims: caller.claims,
    isolate: deployment.isolate,
    host,
    nowMs: world.now(),
    random: world.random,
  }
  const counted = await countTokens(plan, asking, host, world)
  if (!counted.ok) return refuse(c, counted.failure, NO_RETRY)
  const { tokens, model, decision, failure } = counted.value
  if (failure !== undefined) {
    console.log(JSON.stringify({ level: 'warn', event: 'count-estimated', id: requestId, failure: failure.kind }))
  }
  const headers = factHeaders({ requestId, decision, model, attempts: model === undefined && failure === undefined ? 0 : 1 })
  return c.json({ input_tokens: tokens }, 200, headers)
}

export const parseMessages = (c: AppContext, text: string): Result<ParsedMessages, Problem> =>
  parse(c, text, MessagesSchema, '/v1/messages')

interface ParsedMessages extends ParsedChat {
  readonly native: Native
  readonly showsThinking: boolean
}

function parse<T extends v.GenericSchema<unknown, MessagesBody>>(
  c: AppContext,
  text: string,
  schema: T,
  endpoint: Endpoint,
): Result<ParsedMessages, Problem> {
  const header = (name: string) => c.req.header(name)
  const body = parseBody(text, schema)
  if (!body.ok) return body
  const read = readMessages(body.value)
  if (!read.ok) return fail(problemOf(read.failure))
  const { chat, showsThinking } = read.value
  const controlled = withControls(chat, name => header(name) ?? null)
  if (!controlled.ok) return controlled
  const versions = { version: header('anthropic-version'), beta: header('anthropic-beta') }
  return ok({ ...controlled.value, showsThinking, native: nativeRequest(endpoint, body.value, read.value, versions) })
}

function refuse(c: AppContext, problem: Problem, headers: Record<string, string> = {}): Response {
  const { requestId } = c.var
  return problemResponse(problem, surfaceOf(c), { ...factHeaders({ requestId, decision: undefined, attempts: 0 }), ...headers })
}
