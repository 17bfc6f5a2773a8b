/**
 * The Worker whose guesses are timed. `POST` leaves it texts, `GET ?calls=N` has it describe so many of them, in turn, or with `&part=tokens` estimate their tokens
 * alone; no calls are the empty request.
 */
import type { ChatRequest } from '../../src/chat'
import { describe } from '../../src/context/describe'
import type { Features } from '../../src/context/features'
import { estimatePromptTokens } from '../../src/context/tokens'

let texts: readonly string[] = []
let next = 0

/** All that is read off a prompt; the sum keeps the work from being optimised away. */
const looked = ({ language, topic, task, complexity, modalities, promptTokens }: Features): number =>
  language.confidence + topic.confidence + task.confidence + complexity.confidence + modalities.length + promptTokens

const whole = (chat: ChatRequest): number => looked(describe(chat))

function sumOf(calls: number, of: (chat: ChatRequest) => number): number {
  let sum = 0
  for (let call = 0; call < calls; call++) {
    const content = texts[next++ % texts.length] ?? ''
    sum += of({ model: 'auto', messages: [{ role: 'user', content }] })
  }
  return sum
}

export default {
  async fetch(request: Request): Promise<Response> {
    if (request.method === 'POST') {
      texts = await request.json<readonly string[]>()
      return new Response(String(texts.length))
    }
    const { searchParams } = new URL(request.url)
    const calls = Number(searchParams.get('calls'))
    return new Response(String(searchParams.get('part') === 'tokens' ? sumOf(calls, estimatePromptTokens) : sumOf(calls, whole)))
  },
}
