/**
 * The load, in a process of its own: so many callers, each sending its next request when its last answer is complete, over connections that
 * are kept. Every answer is held to the size of the first one, so that a fast failure does not pass for a fast answer.
 */
import { Agent, request } from 'node:http'

export interface Job {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly expectedBytes: number
  readonly callers: number
  /** No request begins after so long, or after so many. */
  readonly forMs: number
  readonly maxRequests: number
}

/** Also the form of the message. `elapsedMs` is up to the last byte of the last answer. */
export interface Done {
  readonly requests: number
  readonly elapsedMs: number
}

async function run({ callers, forMs, maxRequests, ...call }: Job): Promise<Done> {
  const agent = new Agent({ keepAlive: true, maxSockets: callers })
  const startedMs = performance.now()
  let requests = 0
  const caller = async () => {
    while (requests < maxRequests && performance.now() - startedMs < forMs) {
      requests += 1
      await send(call, agent)
    }
  }
  try {
    await Promise.all(Array.from({ length: callers }, caller))
    return { requests, elapsedMs: performance.now() - startedMs }
  } finally {
    agent.destroy()
  }
}

function send(
  { url, headers, body, expectedBytes }: Pick<Job, 'url' | 'headers' | 'body' | 'expectedBytes'>,
  agent: Agent,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers, agent }, response => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200 && bytes === expectedBytes) resolve()
        else reject(new Error(`${url} answered ${response.statusCode} with ${bytes} bytes, not 200 with ${expectedBytes}`))
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}

// The only sender is the parent, which types what it sends
process.on('message', (job: Job) => {
  run(job).then(
    done => process.send?.(done),
    error => process.send?.({ error: String(error) }),
  )
})
process.on('disconnect', () => process.exit())
process.send?.({})
