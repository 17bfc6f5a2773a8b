/**
 * The upstream, in a process of its own: the three providers' answers, made into bytes before the requests. Told by message how many events a
 * stream has and how far apart they leave; says by message on which port it listens.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { isObject, number } from '../providers/json'
import { PROVIDER_NAMES, type ProviderName } from '../providers/provider'
import { providerAt } from '../providers/providers'
import { answer } from '../support/plan'
import { reply } from '../support/reply'
import { UPSTREAM_PATHS } from './scenario'

interface Prebuilt {
  readonly headers: Readonly<Record<string, string>>
  readonly chunks: readonly Buffer[]
}

/** As long as its tokens usually are: five characters a chunk. */
const WORD = 'rise '
const JSON_WORDS = 50

function prebuilt(dialect: ProviderName, stream: boolean, chunks: number): Prebuilt {
  const asked = { dialect, index: 1, method: 'POST', path: UPSTREAM_PATHS[dialect], body: { stream }, model: 'simulated', stream }
  const plan = answer({ text: WORD.repeat(chunks), chunks })
  if (plan.kind !== 'answer') throw new Error('an answer is an answer')
  const { headers, steps } = reply(plan, asked)
  return { headers, chunks: [...steps].flatMap(step => (step.kind === 'send' ? [Buffer.from(step.data)] : [])) }
}

const json = prebuilt('openai', false, JSON_WORDS)
let streams: ReadonlyMap<ProviderName, Prebuilt> = new Map()
let gapMs = 0

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body: Buffer[] = []
  for await (const chunk of request) body.push(chunk)
  const dialect = providerAt(request.url ?? '/')?.provider.name ?? 'openai'
  const isStream = dialect !== 'openai' || Buffer.concat(body).includes('"stream":true')
  const { headers, chunks } = (isStream ? streams.get(dialect) : json) ?? json
  response.writeHead(200, { ...headers })
  if (!isStream) return void response.end(chunks[0])
  response.flushHeaders()
  send(response, chunks, 0)
}

function send(response: ServerResponse, chunks: readonly Buffer[], at: number): void {
  const chunk = chunks[at]
  if (chunk === undefined) return void response.end()
  response.write(chunk)
  const next = () => send(response, chunks, at + 1)
  if (gapMs > 0) setTimeout(next, gapMs)
  else setImmediate(next)
}

const server = createServer((request, response) => {
  respond(request, response).catch(error => {
    // A caller that leaves in the middle spoils the round, and the round says so; the reason is here
    console.error(error)
    response.destroy()
  })
})
// The pools of workerd and of the load keep their connections between rounds
server.keepAliveTimeout = 0
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ port: isObject(address) ? address.port : undefined })
})
process.on('message', message => {
  const { gapMs: gap, chunks } = isObject(message) ? message : {}
  gapMs = number(gap) ?? 0
  const length = number(chunks) ?? 1
  streams = new Map(PROVIDER_NAMES.map(dialect => [dialect, prebuilt(dialect, true, length)]))
  process.send?.({ gapMs })
})
process.on('disconnect', () => process.exit())
