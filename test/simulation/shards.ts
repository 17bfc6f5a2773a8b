/**
 * Thousands of isolates around one tracker or several:
 *
 *     node --import ./test/bench/typescript.mjs test/simulation/shards.ts [--isolates 1000,5000] [--shards 1,4] [--requests 60000] [--seed 1]
 *
 * Models are as large as it takes to keep every isolate busy. The ratio is to a balancer that knows everything.
 */
import { parseArgs } from 'node:util'
import { MAX_SYNCS_PER_SECOND } from '../../src/state/sync-pace'
import { SERVED } from './fleet'
import { allKnowing } from './reference/all-knowing'
import { ringroad } from './ringroad'
import { type Scenario, simulate } from './simulation'
import { tracesOf } from './traces'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    isolates: { type: 'string', default: '1000,5000' },
    shards: { type: 'string', default: '1,4' },
    requests: { type: 'string', default: '60000' },
    seed: { type: 'string', default: '1' },
  },
})
const numbers = (text: string) => text.split(',').map(Number)

/** So many of each model, as one that is so much faster. */
const TIMES_PER_ISOLATE = 0.1
const LOAD = 0.75

const [trace] = tracesOf(values.data)
const [, five] = SERVED
if (trace === undefined || five === undefined) throw new Error('nothing to simulate')
console.log(
  `seed ${values.seed}, ${values.requests} requests of "${trace.name}", load ${100 * LOAD} %, budget ${MAX_SYNCS_PER_SECOND} a second`,
)
console.log('isolates  shards  syncs/s and object   p50 ms   p95 ms  p95 ratio')
for (const isolates of numbers(values.isolates)) {
  const times = TIMES_PER_ISOLATE * isolates
  const models = five.models.map(spec => ({
    ...spec,
    msPerPromptToken: spec.msPerPromptToken / times,
    slots: Math.round(spec.slots * times),
    cacheBlocks: Math.round(spec.cacheBlocks * times),
  }))
  const scenario: Scenario = {
    trace,
    fleet: { name: 'large', models },
    load: LOAD,
    isolates,
    staleness: 'own',
    fault: 'calm',
    weightError: 1,
    requests: Number(values.requests),
    seed: Number(values.seed),
  }
  const bound = simulate(scenario, allKnowing).figures()
  console.log(row(isolates, '-', 0, bound.p50Ms, bound.p95Ms, 1))
  for (const shards of numbers(values.shards)) {
    const { syncsPerSecond, p50Ms, p95Ms } = simulate(scenario, ringroad('adaptive', { shards })).figures()
    console.log(row(isolates, String(shards), syncsPerSecond / shards, p50Ms, p95Ms, p95Ms / bound.p95Ms))
  }
}

function row(isolates: number, shards: string, syncs: number, p50Ms: number, p95Ms: number, ratio: number): string {
  const cells = [syncs.toFixed(0), p50Ms.toFixed(0), p95Ms.toFixed(0), ratio.toFixed(2)]
  return [
    String(isolates).padStart(8),
    shards.padStart(6),
    cells[0]?.padStart(18),
    ...cells.slice(1).map(cell => cell.padStart(8)),
  ].join('  ')
}
