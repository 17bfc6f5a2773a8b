/** `POST /v1/chat/completions`: OpenAI's chat. */
import { openaiSurface } from '../provider/openai/surface'
import { answer } from './answer'
import type { AppContext } from './context'
import { factHeaders } from './facts'
import { parseChat } from './parse'
import { problemResponse } from './problem'

export async function chat(c: AppContext): Promise<Response> {
  const { requestId } = c.var
  const text = await c.req.text()
  const parsed = parseChat(text, name => c.req.header(name) ?? null)
  if (!parsed.ok)
    return problemResponse(parsed.failure, openaiSurface, factHeaders({ requestId, decision: undefined, attempts: 0 }))
  return answer(c, { ...parsed.value, surface: openaiSurface })
}
