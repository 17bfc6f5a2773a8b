/** `POST /v1/route`: the decision for a request, explained by the code that would make it, without calling anyone. */
import { isObject, parseJson } from '../json'
import type { Problem, Result } from '../outcome'
import type { Controls } from '../router/controls'
import { decide } from '../router/decide'
import { explained } from '../router/explanation'
import { inform } from '../router/inform'
import { type Asked, questionOf } from '../router/question'
import type { AppContext } from './context'
import { parseEmbeddings } from './embeddings'
import { hostOf } from './host'
import { parseMessages } from './messages'
import { parseChat } from './parse'
import { invalidRequest, NO_RETRY, problemResponse } from './problem'
import { parseResponses } from './responses'

export async function explain(c: AppContext): Promise<Response> {
  const { plan, deployment, world, caller } = c.var
  const text = await c.req.text()
  const endpoint = c.req.query('for') ?? endpointOf(c, text)
  const parse = isEndpoint(endpoint) ? PARSERS[endpoint] : undefined
  if (parse === undefined) {
    const message = `for: expected one of ${Object.keys(PARSERS).join(', ')}, found "${endpoint.slice(0, 100)}".`
    return problemResponse(invalidRequest(message, 'for', 400, 'invalid_value'))
  }
  const parsed = parse(c, text)
  if (!parsed.ok) return problemResponse(parsed.failure)
  const asked = parsed.value
  const host = hostOf(c)
  const wanted = questionOf({
    ...asked,
    claims: caller.claims,
    isolate: deployment.isolate,
    host,
    nowMs: world.now(),
    random: world.random,
    peek: true,
  })
  const workPlan = 'chat' in asked ? plan : plan.embeddings
  const { question, decided } = await inform(workPlan, wanted, host, world, { peek: true })
  const decision = decide(workPlan, question)
  if (!decision.ok) return problemResponse(decision.failure, undefined, NO_RETRY)
  return c.json({ ...explained(decision.value, question, decided), config_hash: deployment.configHash(plan) })
}

type Parse = (c: AppContext, text: string) => Result<Asked & { readonly controls: Controls }, Problem>

const headersOf = (c: AppContext) => (name: string) => c.req.header(name) ?? null

/** By what follows `/v1/` in the name of the endpoint that the body is for. */
const PARSERS = {
  'chat/completions': (c, text) => parseChat(text, headersOf(c)),
  messages: parseMessages,
  responses: (c, text) => parseResponses(text, headersOf(c)),
  embeddings: (c, text) => parseEmbeddings(text, headersOf(c)),
} as const satisfies Readonly<Record<string, Parse>>

type Endpoint = keyof typeof PARSERS

const isEndpoint = (name: string): name is Endpoint => Object.hasOwn(PARSERS, name)

/**
 * Where the request does not say: Anthropic's clients name a version, and only Responses and embeddings have an `input`. A single text may be
 * either's, so that embeddings of one have to say so.
 */
function endpointOf(c: AppContext, text: string): Endpoint {
  if (c.req.header('anthropic-version') !== undefined) return 'messages'
  const body = parseJson(text)
  if (!isObject(body) || body.messages !== undefined || body.input === undefined) return 'chat/completions'
  const [first]: readonly unknown[] = Array.isArray(body.input) ? body.input : []
  return first === undefined || isObject(first) ? 'responses' : 'embeddings'
}
