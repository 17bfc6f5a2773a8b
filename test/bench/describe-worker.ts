/** The Worker whose guesses are timed. `POST` leaves it texts, `GET ?calls=N` has it describe so many of them, in turn; no calls are the empty request. */
import { describe } from '../../src/context/describe'
import type { Features } from '../../src/context/features'

let texts: readonly string[] = []
let next = 0

/** All that is read off a prompt; the sum keeps the work from being optimised away. */
const looked = ({ language, topic, task, complexity, modalities, promptTokens }: Features): number =>
  language.confidence + topic.confidence + task.confidence + complexity.confidence + modalities.length + promptTokens

export default {
  async fetch(request: Request): Promise<Response> {
    if (request.method === 'POST') {
      texts = await request.json<readonly string[]>()
      return new Response(String(texts.length))
    }
    const calls = Number(new URL(request.url).searchParams.get('calls'))
    let sum = 0
    for (let call = 0; call < calls; call++) {
      const content = texts[next++ % texts.length] ?? ''
      sum += looked(describe({ model: 'auto', messages: [{ role: 'user', content }] }))
    }
    return new Response(String(sum))
  },
}
