/** One visit, from its request to its end, and whether that end is one that a client may be left with. */
import { setTimeout as delay } from 'node:timers/promises'
import { sendRaw } from '../support/raw-client'
import { sightOf } from '../worker/matrix/sight'
import { forget, type Visit } from './visits'
import { CLIENT_KEY, type Workers } from './workers'

export interface Outcome {
  /** To be counted. */
  readonly line: string
  /** What must not be, with enough to find it again. */
  readonly wrong?: string
}

/** Above every limit of the router, three attempts and the pauses between them. */
const HANGS_MS = 25_000
/** Ends a JSON answer that never comes; for streams there are limits. */
const DEADLINE_MS = 1_500

/** Never rejects. */
export async function visit(one: Visit, workers: Workers): Promise<Outcome> {
  try {
    return await (one.client.kind === 'reads' ? reads(one, workers) : leaves(one, one.client, workers))
  } catch (error) {
    return wrongly(one, `broke: ${error instanceof Error ? `${error.message} ${String(error.cause ?? '')}` : String(error)}`)
  } finally {
    forget(one)
  }
}

const wrongly = (one: Visit, why: string): Outcome => ({
  line: 'WRONG',
  wrong:
    `${one.name}, stream: ${one.stream}, ${one.client.kind}, visit ${one.index}: ${why}; planned ${JSON.stringify(one.plans)}`.slice(
      0,
      1_000,
    ),
})

function requestOf(one: Visit, workers: Workers) {
  return {
    url: new URL('/v1/chat/completions', workers.urls[one.worker]).href,
    headers: {
      authorization: `Bearer ${CLIENT_KEY}`,
      'content-type': 'application/json',
      ...(!one.stream && { 'x-router-deadline-ms': String(DEADLINE_MS) }),
    },
    body: JSON.stringify({
      model: one.name,
      stream: one.stream,
      messages: [{ role: 'user', content: `This is visit ${one.index}.` }],
    }),
  }
}

async function reads(one: Visit, workers: Workers): Promise<Outcome> {
  const { url, ...request } = requestOf(one, workers)
  const response = await fetch(url, { method: 'POST', ...request, signal: AbortSignal.timeout(HANGS_MS) })
  const { line, content, everything } = await sightOf(response)
  if (line.startsWith('nonsense')) return wrongly(one, `${line} in ${everything.slice(-400)}`)
  if (line === 'answer') return content === one.text ? { line } : wrongly(one, `answered "${content}"`)
  // What came before an error event is a beginning of the answer
  if (!one.text.startsWith(content)) return wrongly(one, `${line} behind "${content}"`)
  return { line }
}

async function leaves(
  one: Visit,
  { kind, afterMs }: Exclude<Visit['client'], { kind: 'reads' }>,
  workers: Workers,
): Promise<Outcome> {
  const exchange = await sendRaw({ method: 'POST', ...requestOf(one, workers) })
  await delay(afterMs)
  exchange[kind]()
  // Who resets or leaves is gone; who has only finished speaking still gets an answer, or is told by the end of the connection
  const closing = await Promise.race([exchange.closed, delay(HANGS_MS, undefined, { ref: false })])
  if (closing === undefined) return wrongly(one, 'was neither answered nor closed')
  return { line: `left by ${kind}` }
}
