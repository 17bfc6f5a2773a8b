/** A recorded decision made again, by the code that makes them: whether it comes out the same, and if not, what is the first thing that does not. */
import { createRandom } from '../algorithm/random'
import { isObject } from '../json'
import type { Problem, Result } from '../outcome'
import { AT_REST } from '../state/model-load'
import type { Controls } from './controls'
import { type Decision, decide } from './decide'
import type { Plan } from './plan'
import type { Sized } from './question'
import { type DecisionRecord, outcomeOf } from './record'

export interface Replay {
  readonly question: Sized
  readonly decided: Result<Decision, Problem>
  /** Undefined: it comes out as recorded, bit for bit. */
  readonly difference: Difference | undefined
  /** Models, accounts and places that this configuration asks about and that the record does not know: taken to be idle. */
  readonly assumedIdle: readonly string[]
}

export interface Difference {
  /** Within the outcome, such as `ranking.0.1`. */
  readonly path: string
  readonly recorded: unknown
  readonly replayed: unknown
}

/** `record` as it was made or as JSON brings it back. */
export function replay(plan: Plan, record: DecisionRecord): Replay {
  const { question, assumedIdle } = questionFrom(record)
  const decided = decide(record.work === 'chat' ? plan : plan.embeddings, question)
  const difference = firstDifference(record.outcome, outcomeOf(decided))
  return { question, decided, difference, assumedIdle: assumedIdle() }
}

interface Remembered {
  readonly question: Sized
  /** Whose load was asked for and is not in the record: it was taken to be idle. */
  readonly assumedIdle: () => readonly string[]
}

/** The question again. */
function questionFrom(record: DecisionRecord): Remembered {
  const { asked, features, bound, metadata, claims, regions, hashKey, lastModel, isPopular } = record
  const { nowMs, seed, turn, place, view, loads, feedback } = record
  const assumed = new Set<string>()
  const question: Sized = {
    model: asked.model,
    controls: {
      ...UNASKED,
      models: asked.models ?? undefined,
      strategy: asked.strategy ?? undefined,
      priority: asked.priority ?? undefined,
      deadlineMs: asked.deadlineMs ?? undefined,
    },
    features,
    bound: bound ?? undefined,
    // Of metadata each name has one value
    metadata: Object.fromEntries(Object.entries(metadata).map(([name, values]) => [name, values.join()])),
    claims,
    regions: regions ?? undefined,
    hashKey,
    lastModel: lastModel ?? undefined,
    isPopular,
    nowMs,
    seed,
    random: createRandom(seed),
    turn: () => turn,
    load: id => {
      const load = Object.hasOwn(loads, id) ? loads[id] : undefined
      if (load === undefined) assumed.add(id)
      return { ...AT_REST, ...load }
    },
    feedback,
    place,
    view: view ?? undefined,
    promptTokens: features.promptTokens,
  }
  return { question, assumedIdle: () => [...assumed] }
}

/** Controls that have no part in the decision, as they are where nothing is said. */
const UNASKED: Controls = {
  strategy: undefined,
  priority: undefined,
  key: undefined,
  models: undefined,
  deadlineMs: undefined,
  fallback: true,
  keepAlive: true,
}

/** Of two values as JSON has them. */
export function firstDifference(recorded: unknown, replayed: unknown, path = ''): Difference | undefined {
  const [one, other] = [entriesOf(recorded), entriesOf(replayed)]
  if (one === undefined || other === undefined || Array.isArray(recorded) !== Array.isArray(replayed))
    return recorded === replayed ? undefined : { path, recorded: recorded ?? null, replayed: replayed ?? null }
  for (const key of new Set([...one.keys(), ...other.keys()])) {
    const difference = firstDifference(one.get(key), other.get(key), path === '' ? key : `${path}.${key}`)
    if (difference !== undefined) return difference
  }
  return undefined
}

/** What JSON would write of them; undefined for what has no entries. */
function entriesOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (!Array.isArray(value) && !isObject(value)) return undefined
  return new Map(Object.entries(value).filter(([, each]) => each !== undefined))
}
