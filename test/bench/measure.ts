/** One round of one variant in one scenario, and the first request of each, which shows that the right thing is measured. */
import { number } from '../providers/json'
import type { Child } from './child'
import { cpuMs } from './cpu'
import type { Job } from './load'
import { type Scenario, SURFACE_PATHS, type Surface } from './scenario'
import { CLIENT_KEY, type Variant, type Workers } from './workers'

export interface Round {
  readonly requestsPerSecond: number
  /** Undefined where the system does not tell. */
  readonly cpuMsPerRequest: number | undefined
}

export interface Bench {
  readonly workers: Workers
  readonly load: Child
  readonly upstream: Child
  readonly workerd: number | undefined
}

export const CALLERS = 16
/** A bound for machines much faster than any of today. */
const MAX_REQUESTS = 20_000

const HEADERS = { 'content-type': 'application/json', authorization: `Bearer ${CLIENT_KEY}` }

/** Of a whole stream. */
const END: Readonly<Record<Surface, string>> = {
  chat: 'data: [DONE]\n\n',
  messages: 'data: {"type":"message_stop"}\n\n',
}

const urlOf = ({ urls }: Workers, variant: Variant, { upstreamPath, surface }: Scenario): string =>
  new URL(variant === 'bare' ? upstreamPath : SURFACE_PATHS[surface], urls[variant]).href

/** One request by hand. Resolves with the size of a good answer, bytes; throws at any other. */
export async function probe({ workers, upstream }: Bench, scenario: Scenario, variant: Variant): Promise<number> {
  await upstream.ask({ gapMs: 0, chunks: scenario.chunks })
  const response = await fetch(urlOf(workers, variant, scenario), { method: 'POST', headers: HEADERS, body: scenario.body })
  const bytes = await response.bytes()
  const text = new TextDecoder().decode(bytes)
  const isStream = scenario.body.includes('"stream":true')
  const isWhole = variant === 'bare' || (isStream ? text.endsWith(END[scenario.surface]) : text.endsWith('}'))
  const isRight = variant === 'bare' || response.headers.get('x-router-model')?.startsWith(scenario.dialect) === true
  if (response.ok && isWhole && isRight) return bytes.length
  throw new Error(`"${scenario.name}", ${variant}: ${response.status} ${text}`)
}

export async function measure(
  bench: Bench,
  scenario: Scenario,
  variant: Variant,
  expectedBytes: number,
  forMs: number,
): Promise<Round> {
  const { workers, load, upstream, workerd } = bench
  await upstream.ask({ gapMs: scenario.gapMs, chunks: scenario.chunks })
  const job: Job = {
    url: urlOf(workers, variant, scenario),
    headers: { ...HEADERS, 'content-length': String(Buffer.byteLength(scenario.body)) },
    body: scenario.body,
    expectedBytes,
    callers: CALLERS,
    forMs,
    maxRequests: MAX_REQUESTS,
  }
  const before = workerd === undefined ? undefined : cpuMs(workerd)
  const done = await load.ask(job)
  const after = workerd === undefined ? undefined : cpuMs(workerd)
  const requests = number(done.requests) ?? 0
  const elapsedMs = number(done.elapsedMs) ?? 0
  if (requests === 0 || elapsedMs === 0) throw new Error('the load made no request')
  return {
    requestsPerSecond: (requests / elapsedMs) * 1000,
    cpuMsPerRequest: before === undefined || after === undefined ? undefined : (after - before) / requests,
  }
}
