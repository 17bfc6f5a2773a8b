/**
 * What lookups and rebuilds cost, ours and hashring's in turn within one run; the order turns round every round. CPU time of the process, the garbage
 * collector's threads included: time spent waiting for a core, on a machine shared with others, is nobody's cost.
 */
import { fingerprint } from '../../../src/algorithm/hash'
import { median } from '../report'
import { CACHED_KEYS, CONTESTANTS, type ContestantName, create, idsOf } from './contestants'

const ROUNDS = 9
const ROUND_MS = 20
/** Calls between two looks at the clock: some 10 µs of them. */
const batchOf = (size: number): number => Math.ceil(200 / size)

/** Each comes back only after hashring has forgotten it. */
const KEYS = Array.from({ length: 4 * CACHED_KEYS }, (_, index) => fingerprint(`new ${index}`))

export interface Compared {
  /** Medians over the rounds. */
  readonly ours: number
  readonly hashring: number
  /** Median of hashring's over ours, round by round. */
  readonly ratio: number
}

/** ns until all models are in order. */
export function timeWalk(size: number): Compared {
  const ids = idsOf(size, 0)
  const rings = { ours: create.ours(ids), hashring: create.hashring(ids) }
  const batch = batchOf(size)
  return compare(name => {
    const ring = rings[name]
    let [calls, length] = [0, 0]
    const startMs = performance.now()
    const startCpuMs = cpuMs()
    while (performance.now() - startMs < ROUND_MS) {
      for (let call = 0; call < batch; call++) length += ring.walk(KEYS[(calls + call) % KEYS.length] ?? '').length
      calls += batch
    }
    const costMs = cpuMs() - startCpuMs
    // What is never used may never be computed
    if (length === 0) throw new Error('nothing was found')
    return (costMs / calls) * 1e6
  })
}

/** ms to build the ring anew, as after a change of the configuration. */
export function timeRebuild(size: number): Compared {
  return compare(name => {
    const ids = idsOf(size, 1)
    const builds = Math.max(1, Math.round(300 / size))
    const startCpuMs = cpuMs()
    for (let build = 0; build < builds; build++) create[name](ids)
    return (cpuMs() - startCpuMs) / builds
  })
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000
}

function compare(run: (name: ContestantName) => number): Compared {
  // Until V8 has compiled what is hot
  for (const name of CONTESTANTS) for (const _ of [1, 2]) run(name)
  const rounds = Array.from({ length: ROUNDS }, (_, round) => {
    const order = round % 2 === 0 ? CONTESTANTS : CONTESTANTS.toReversed()
    const figures = Object.fromEntries(order.map(name => [name, run(name)] as const))
    return { ours: figures.ours ?? Number.NaN, hashring: figures.hashring ?? Number.NaN }
  })
  return {
    ours: median(rounds.map(({ ours }) => ours)),
    hashring: median(rounds.map(({ hashring }) => hashring)),
    ratio: median(rounds.map(({ ours, hashring }) => hashring / ours)),
  }
}
