/** `POST /v1/embeddings`: OpenAI's embeddings, by every provider that makes them. */
import { EmbeddingsSchema, readInput } from '../embeddings'
import { fail, ok, type Problem, type Result } from '../outcome'
import { openaiSurface } from '../provider/openai/surface'
import type { Surface } from '../provider/surface'
import { type Controls, parseControls } from '../router/controls'
import type { EmbeddingsAsked } from '../router/question'
import { answer } from './answer'
import type { AppContext } from './context'
import { factHeaders } from './facts'
import { controlProblem, parseBody } from './parse'
import { invalidRequest, problemResponse } from './problem'

export async function embeddings(c: AppContext): Promise<Response> {
  const { requestId } = c.var
  const text = await c.req.text()
  const parsed = parseEmbeddings(text, name => c.req.header(name) ?? null)
  if (!parsed.ok)
    return problemResponse(parsed.failure, embeddingsSurface, factHeaders({ requestId, decision: undefined, attempts: 0 }))
  return answer(c, { ...parsed.value, surface: embeddingsSurface })
}

/** What is too long is the input here, and not the messages. */
const embeddingsSurface: Surface = {
  ...openaiSurface,
  problem: problem => openaiSurface.problem(problem.param === 'messages' ? { ...problem, param: 'input' } : problem),
}

interface ParsedEmbeddings extends EmbeddingsAsked {
  readonly controls: Controls
}

export function parseEmbeddings(text: string, header: (name: string) => string | null): Result<ParsedEmbeddings, Problem> {
  const body = parseBody(text, EmbeddingsSchema)
  if (!body.ok) return body
  const input = readInput(body.value.input)
  if ('field' in input) return fail(invalidRequest(input.message, input.field, 400, 'invalid_value'))
  const controls = parseControls(body.value, header)
  if (!controls.ok) return fail(controlProblem(controls.failure))
  return ok({ embeddings: { body: body.value, input }, controls: controls.value })
}
