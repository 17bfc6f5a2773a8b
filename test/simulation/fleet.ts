/** Fleets of unequal models, and how much of a trace each can take. */
import type { ServerSpec } from './server'
import type { Trace } from './trace'

export interface Fleet {
  readonly name: string
  readonly models: readonly ServerSpec[]
}

function served(name: string, speed: number, given: Partial<ServerSpec> = {}): ServerSpec {
  return {
    name,
    baseMs: 120,
    baseSigma: 0.15,
    msPerPromptToken: 0.1 / speed,
    slots: Math.round(32 * speed),
    msPerToken: 12,
    cacheBlocks: Math.round(3_000 * speed),
    ...given,
  }
}

const hosted = (name: string, baseMs: number, msPerPromptToken: number, msPerToken: number, baseSigma = 0.35): ServerSpec => ({
  name,
  baseMs,
  baseSigma,
  msPerPromptToken,
  slots: Number.POSITIVE_INFINITY,
  msPerToken,
  cacheBlocks: 100_000,
})

/** Self-hosted ones, where queues are. */
export const SERVED: readonly Fleet[] = [
  { name: 'three', models: [served('a', 2), served('b', 1, { baseMs: 80 }), served('c', 0.5, { baseMs: 200, msPerToken: 18 })] },
  {
    name: 'five',
    models: [
      served('a', 3, { baseMs: 250 }),
      served('b', 1.5),
      served('c', 1, { msPerToken: 20, slots: 64 }),
      served('d', 1, { baseMs: 80, slots: 24 }),
      served('e', 0.5, { msPerToken: 8 }),
    ],
  },
  {
    name: 'eight',
    models: [
      served('a', 4, { baseMs: 300, msPerToken: 16 }),
      served('b', 2),
      served('c', 1.5, { baseMs: 90 }),
      served('d', 1, { msPerToken: 20 }),
      served('e', 1, { baseMs: 180, slots: 64 }),
      served('f', 0.7),
      served('g', 0.5, { baseMs: 60 }),
      served('h', 0.4, { slots: 32 }),
    ],
  },
]

/** Behind large APIs: no queue of this fleet's making, only speeds and noise. */
export const HOSTED: readonly Fleet[] = [
  {
    name: 'hosted',
    models: [hosted('a', 420, 0.03, 12), hosted('b', 650, 0.02, 9), hosted('c', 550, 0.06, 18), hosted('d', 900, 0.01, 7, 0.5)],
  },
  { name: 'hosted alike', models: [hosted('a', 500, 0.04, 12), hosted('b', 520, 0.035, 12), hosted('c', 560, 0.03, 12)] },
]

/** The same answer sooner for more money, or later for less. */
export const TIERS: readonly Fleet[] = [
  {
    name: 'tiers',
    models: [
      served('fast', 2, { baseMs: 80, msPerToken: 6 }),
      served('standard', 2, { baseMs: 150, msPerToken: 14 }),
      served('flex', 1.5, { baseMs: 400, msPerToken: 30, slots: 128 }),
    ],
  },
  ...HOSTED.slice(0, 1),
  {
    name: 'four tiers',
    models: [
      served('fast', 3, { baseMs: 60, msPerToken: 5 }),
      served('standard', 2, { baseMs: 150, msPerToken: 12 }),
      served('plain', 1.5, { baseMs: 200, msPerToken: 16 }),
      served('flex', 1, { baseMs: 500, msPerToken: 35, slots: 128 }),
    ],
  },
]

/** Half of what an endless cache would find: what is left when conversations are spread over several models. */
const CACHED = 0.5
/** What stands for a hosted model's share, requests per second. */
const HOSTED_PER_SECOND = 10

/** Requests of such a trace that a model can take, per second: as many as it can read, and as many as it has places to write. */
export function capacityPerSecond(spec: ServerSpec, trace: Trace): number {
  if (spec.slots === Number.POSITIVE_INFINITY) return HOSTED_PER_SECOND
  const promptTokens = mean(trace.input) * (1 - CACHED * trace.repeated)
  const reads = 1000 / (promptTokens * spec.msPerPromptToken)
  // At twice the pace, as all places are taken then
  const writes = (1000 * spec.slots) / (mean(trace.output) * 2 * spec.msPerToken)
  return Math.min(reads, writes)
}

const mean = (values: Int32Array): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
