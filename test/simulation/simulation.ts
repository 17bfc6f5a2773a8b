/** One run: a trace through a router to a fleet, from the first arrival to the last byte. */
import { createRandom } from '../../src/algorithm/random'
import { Clock } from './clock'
import { drawDeadlines, priceOf } from './deadlines'
import { type Fault, planFaults } from './faults'
import { capacityPerSecond, type Fleet } from './fleet'
import { Journey, type World } from './journey'
import { Measures } from './measures'
import type { Policy } from './policy'
import { normal } from './synthetic-trace'
import { excerpt, type Trace } from './trace'
import { Upstream } from './upstream'

export interface Scenario {
  readonly trace: Trace
  readonly fleet: Fleet
  /** Of the fleet's capacity, 0..1. */
  readonly load: number
  readonly isolates: number
  /** Ms between an isolate's refreshes; 'fresh': every decision sees everything; 'own': as the tracker asks for. */
  readonly staleness: number | 'fresh' | 'own'
  /** To the tracker and back; as `tracker-link.ts` has it by default. */
  readonly roundTripMs?: number | undefined
  readonly fault: Fault
  /** What the operator thinks of the models is off by up to this factor. */
  readonly weightError: number
  /** Every request brings a deadline, drawn by `deadlines.ts`; by default none does. */
  readonly deadlines?: boolean | undefined
  readonly requests: number
  readonly seed: number
}

/** What a policy may know of the world it runs in. `upstreams` is for those that know everything. */
export interface Setting {
  readonly clock: Clock
  readonly scenario: Scenario
  readonly random: () => number
  /** When the last request comes. */
  readonly runMs: number
  readonly weights: readonly number[]
  readonly upstreams: readonly Upstream[]
}

export type MakePolicy = (setting: Setting) => Policy

/** A rate limit lets so much of its share through to a model; more if the others could not carry the rest at this part of their capacity. */
const LIMITED_TO = 0.5
const OTHERS_CARRY = 0.85
/** An isolate lives so long where they come and go, on average. */
const ISOLATE_LIFE_MS = 120_000
/** And then takes its requests with it in one case of so many; else it is merely not asked any more. */
const KILLED_EVERY = 4

/** Numbers every isolate that there ever was. */
const lifeOf = (isolate: number, epoch: number): number => isolate * 2 ** 20 + epoch

export function simulate(scenario: Scenario, make: MakePolicy): Measures {
  const { fleet, load, seed } = scenario
  // What the world does must not depend on how often a policy draws
  const luck = createRandom(seed)
  const clock = new Clock()
  const capacities = fleet.models.map(spec => capacityPerSecond(spec, scenario.trace))
  const capacity = capacities.reduce((sum, each) => sum + each, 0)
  const trace = excerpt(scenario.trace, scenario.requests, capacity * load, capacity, luck)
  const runMs = trace.tMs[trace.length - 1] ?? 0
  const upstreams = fleet.models.map(spec => new Upstream(spec, clock))
  const places = Int32Array.from({ length: trace.length }, () => Math.floor(luck() * scenario.isolates))
  const lucks = Float64Array.from({ length: trace.length }, () => normal(luck))
  const chances = Float64Array.from({ length: trace.length }, luck)
  const firstVictim = Math.floor(luck() * fleet.models.length)
  planFaults({
    fault: scenario.fault,
    clock,
    upstreams,
    limitOf: model => {
      const own = capacities[model] ?? 0
      const perSecond = (trace.length * 1000) / runMs
      return Math.max((LIMITED_TO * perSecond * own) / capacity, perSecond - OTHERS_CARRY * (capacity - own))
    },
    victims: [firstVictim, (firstVictim + 1) % fleet.models.length],
    runMs,
  })
  const weights = capacities.map(each => (each / capacity) * scenario.weightError ** (2 * luck() - 1))
  const policy = make({ clock, scenario, random: createRandom(seed + 1), runMs, weights, upstreams })
  const measures = new Measures(policy.name, trace, upstreams)
  const epochs = new Int32Array(scenario.isolates)
  const deadlines = scenario.deadlines === true ? drawDeadlines(trace, fleet, createRandom(seed + 2)) : undefined

  const world: World = {
    trace,
    clock,
    policy,
    measures,
    upstreams,
    prices: fleet.models.map(priceOf),
    lucks,
    chances,
    deadlines,
    killed: new Set(),
  }
  if (scenario.fault === 'churn') {
    const everyMs = ISOLATE_LIFE_MS / scenario.isolates
    for (let turn = 1; turn * everyMs < runMs; turn++) {
      clock.at(turn * everyMs, () => {
        const isolate = Math.floor(luck() * scenario.isolates)
        const epoch = epochs[isolate] ?? 0
        const isKilled = turn % KILLED_EVERY === 0
        if (isKilled) world.killed.add(lifeOf(isolate, epoch))
        epochs[isolate] = epoch + 1
        policy.replaceIsolate(isolate, isKilled)
      })
    }
  }
  const arrive = (id: number) => {
    if (id >= trace.length) return
    clock.at(trace.tMs[id] ?? 0, () => {
      arrive(id + 1)
      const isolate = places[id] ?? 0
      new Journey(world, id, isolate, lifeOf(isolate, epochs[isolate] ?? 0)).begin()
    })
  }
  arrive(0)
  clock.run()
  measures.close(policy.account(), clock.nowMs)
  return measures
}
