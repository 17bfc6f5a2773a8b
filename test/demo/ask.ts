/** One streamed request through the router, and what its caller sees of it. */

export interface Asked {
  readonly model: string
  readonly route: string
  /** Until the first chunk with content, as the client has it. */
  readonly firstTokenMs: number
  readonly promptTokens: number
  readonly answerTokens: number
}

export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** Throws on any status but 200. */
export async function ask(
  url: string,
  messages: readonly Message[],
  headers: Readonly<Record<string, string>> = {},
): Promise<Asked> {
  const startedMs = performance.now()
  const response = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'auto', stream: true, stream_options: { include_usage: true }, messages }),
  })
  if (!response.ok || response.body === null) throw new Error(`the router answered ${response.status}: ${await response.text()}`)
  let firstTokenMs: number | undefined
  let text = ''
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk
    if (firstTokenMs === undefined && /"content":"[^"]/.test(text)) firstTokenMs = performance.now() - startedMs
  }
  const count = (name: string) => Number(new RegExp(`"${name}":(\\d+)`).exec(text)?.[1] ?? 0)
  return {
    model: response.headers.get('x-router-model') ?? 'nobody',
    route: response.headers.get('x-router-route') ?? '-',
    firstTokenMs: firstTokenMs ?? Number.NaN,
    promptTokens: count('prompt_tokens'),
    answerTokens: count('completion_tokens'),
  }
}

/** Results in the order of the items, with so many under way at once. */
export async function inParallel<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  const worker = async () => {
    while (next < items.length) {
      const index = next++
      const item = items[index]
      if (item !== undefined) results[index] = await work(item)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return results
}
