/**
 * What a ring holds and what a lookup leaves behind, in bytes: a process of its own, since the garbage collector has to be at hand (`--expose-gc`)
 * and nothing else may allocate. One answer to each message.
 */
import { fingerprint } from '../../../src/algorithm/hash'
import { type Contestant, type ContestantName, create, idsOf } from './contestants'

export interface Question {
  readonly contestant: ContestantName
  readonly size: number
}

export interface Answer {
  /** Of one ring, without the ids. */
  readonly ringBytes: number
  readonly walkBytes: number
}

/** Virtual nodes in all rings together: a single small ring would be lost among what the process does besides. */
const NODES = 320_000
const LOOKUPS = 2_000
/** Until V8 has compiled what is hot; unoptimised code boxes every number above 2³¹. */
const WARM_UP_MS = 300
const KEYS = Array.from({ length: LOOKUPS }, (_, index) => fingerprint(`memory ${index}`))

function usedBytes(): number {
  const { gc } = globalThis
  if (gc === undefined) throw new Error('needs --expose-gc')
  gc()
  gc()
  const { heapUsed, external } = process.memoryUsage()
  // External memory contains the typed arrays' buffers
  return heapUsed + external
}

function measure({ contestant, size }: Question): Answer {
  const count = Math.ceil(NODES / 160 / size)
  const ids = Array.from({ length: count }, (_, set) => idsOf(size, set))
  create[contestant](idsOf(size, count))
  const before = usedBytes()
  const rings = ids.map(create[contestant])
  const ringBytes = (usedBytes() - before) / count
  const [ring] = rings
  if (ring === undefined) throw new Error('no ring was made')
  return {
    ringBytes,
    // A walk of a thousand models leaves plenty, and hashring's takes some 10 ms
    walkBytes: leftBehind(key => ring.walk(key), Math.min(LOOKUPS, Math.ceil(20_000 / size))),
  }
}

/** By a lookup: the least of some runs, as a collection amid one of them makes no sense of it. */
function leftBehind(lookup: Contestant['walk'], lookups: number): number {
  const keys = KEYS.slice(0, lookups)
  const warmUntilMs = performance.now() + WARM_UP_MS
  while (performance.now() < warmUntilMs) for (const key of keys) lookup(key)
  const runs = Array.from({ length: 9 }, () => {
    globalThis.gc?.()
    const before = process.memoryUsage().heapUsed
    for (const key of keys) lookup(key)
    return (process.memoryUsage().heapUsed - before) / lookups
  })
  return Math.min(...runs.filter(bytes => bytes >= 0))
}

process.on('message', (question: Question) => process.send?.(measure(question)))
process.send?.({ ready: true })
