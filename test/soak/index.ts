/**
 * `npm run soak -- --seconds 60 --seed 1`: the built Worker, twice, under a mixture of everything at once: bursts, JSON and streams, three dialects, upstreams
 * that fail in most of the ways there are, clients that leave in three. Not a benchmark and no part of the tests: it looks for what shows only after thousands
 * of requests, that is requests without an end, leases that stay and memory that grows.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRandom } from '../../src/algorithm/random'
import { workerdPid } from '../bench/cpu'
import { machine } from '../bench/report'
import { build } from '../support/build'
import { startUpstream } from '../support/upstream'
import { type Outcome, visit } from './client'
import { describeHeap, type Heap, isFlat, residentBytes } from './memory'
import { answerTo, MAX_LIVE, visitOf, visits } from './visits'
import { idleWithin, startWorkers, type Workers } from './workers'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '60' }, seed: { type: 'string', default: '1' } } })
const seconds = whole('seconds', values.seconds)
const seed = whole('seed', values.seed)

/** A lease lasts at most 20 s after the last word of whoever held it; then a margin. */
const IDLE_WITHIN_MS = 25_000
const SAMPLE_MS = 1_000
/** Of the run; by then everything has been compiled, and what fills up to a bound is well on its way. */
const WARM_UP_SHARE = 1 / 3

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`--${name}: a whole number above 0, not "${text}"`)
  return value
}

interface Run {
  readonly outcomes: ReadonlyMap<string, number>
  readonly violations: readonly string[]
  /** Of workerd as a whole, one a second. */
  readonly residentBytes: readonly number[]
  readonly elapsedMs: number
  readonly mostLive: number
}

/** One seeded sequence of visits, each started when its time has come. */
async function run(workers: Workers, onWarm: () => Promise<void>): Promise<Run> {
  const outcomes = new Map<string, number>()
  const violations: string[] = []
  const resident: number[] = []
  const live = new Set<Promise<void>>()
  const startedMs = performance.now()
  const share = () => (performance.now() - startedMs) / (seconds * 1_000)
  let mostLive = 0
  let warm: Promise<void> | undefined
  const count = ({ line, wrong }: Outcome): void => {
    outcomes.set(line, (outcomes.get(line) ?? 0) + 1)
    if (wrong !== undefined) violations.push(wrong)
  }
  const pid = workerdPid()
  const sampling = setInterval(() => {
    const bytes = pid === undefined ? undefined : residentBytes(pid)
    if (bytes !== undefined) resident.push(bytes)
  }, SAMPLE_MS)

  for (const next of visits(createRandom(seed))) {
    if (share() > 1) break
    if (share() > WARM_UP_SHARE) warm ??= onWarm()
    if (next.pauseMs > 0) await delay(next.pauseMs)
    while (live.size >= MAX_LIVE) await Promise.race(live)
    const going = visit(next, workers)
      .then(count)
      .finally(() => live.delete(going))
    live.add(going)
    mostLive = Math.max(mostLive, live.size)
  }
  await Promise.all([...live, warm])
  clearInterval(sampling)
  return { outcomes, violations, residentBytes: resident, elapsedMs: performance.now() - startedMs, mostLive }
}

function print({ outcomes, residentBytes: resident, elapsedMs, mostLive }: Run, upstreamCalls: number): void {
  const requests = [...outcomes.values()].reduce((sum, value) => sum + value, 0)
  console.log(`${machine(Date.now())}; seed ${seed}`)
  console.log(
    `${requests} requests in ${(elapsedMs / 1_000).toFixed(0)} s, at most ${mostLive} at a time; ${upstreamCalls} calls upstream\n`,
  )
  for (const [line, times] of [...outcomes].sort(([, a], [, b]) => b - a)) console.log(`${String(times).padStart(7)}  ${line}`)
  console.log(`\nworkerd, resident MiB, every second: ${resident.map(bytes => Math.round(bytes / 1024 ** 2)).join(' ')}`)
}

/** Pairs what each Worker holds after the warm-up with what it holds now. */
async function compared(workers: Workers, early: ReadonlyMap<string, number>): Promise<readonly Heap[]> {
  const late = await workers.heaps()
  return late.map(({ worker, bytes }) => ({ worker, earlyBytes: early.get(worker) ?? bytes, lateBytes: bytes }))
}

const folder = await mkdtemp(join(tmpdir(), 'ringroad-soak-'))
const upstream = await startUpstream(request => answerTo(visitOf(request)))
try {
  await build('wrangler.toml', folder)
  const workers = await startWorkers(join(folder, 'index.js'), upstream.url)
  try {
    const early = new Map<string, number>()
    const result = await run(workers, async () => {
      for (const { worker, bytes } of await workers.heaps()) early.set(worker, bytes)
    })
    const idleMs = await idleWithin(workers, IDLE_WITHIN_MS)
    const heaps = await compared(workers, early)
    print(result, upstream.requests.length)
    for (const heap of heaps) console.log(describeHeap(heap))
    console.log(typeof idleMs === 'number' ? `nothing in flight after ${idleMs.toFixed(0)} ms, on both sides` : idleMs)
    const wrong = [
      ...result.violations,
      ...(typeof idleMs === 'number' ? [] : [idleMs]),
      ...heaps.filter(heap => !isFlat(heap)).map(heap => `memory grows: ${describeHeap(heap)}`),
    ]
    for (const line of wrong.slice(0, 20)) console.error(`WRONG: ${line}`)
    console.log(
      wrong.length === 0 ? 'every request had exactly one answer or one honest error' : `${wrong.length} things went wrong`,
    )
    process.exitCode = wrong.length === 0 ? 0 : 1
  } finally {
    await workers.stop()
  }
} finally {
  await upstream.close()
  await rm(folder, { recursive: true })
}
