/**
 * Whether conversations stay where their prompt cache is, although every isolate decides on its own and from a view of its own age: the router's
 * strategy, load state and tracker on a virtual clock. One fleet-wide stream of turns, the same for any number of isolates and any age of their
 * views, so that figures differ by these alone.
 *
 * Plain hashing would keep every turn, and overload whoever has many keys. What is lost is what the bounds move, and `maxInFlight`.
 */
import { fingerprint } from '../../../src/algorithm/hash'
import { createRandom } from '../../../src/algorithm/random'
import { createRing } from '../../../src/algorithm/ring'
import type { Random } from '../../../src/algorithm/sampling'
import { exclusionOf } from '../../../src/router/filter'
import { Isolate } from '../../../src/router/isolate'
import type { Lease } from '../../../src/state/local-load'
import { Tracker } from '../../../src/state/tracker'
import { consistentHash } from '../../../src/strategy/consistent-hash'
import type { Candidate } from '../../../src/strategy/strategy'
import { ownerOf } from '../../algorithm/owner'
import { Clock } from '../../simulation/clock'
import { model, situation } from '../../strategy/given'

export interface Scene {
  readonly isolates: number
  /**
   * Of the view behind a decision, on average. Isolates sync at twice that interval, each at a phase of its own, so that ages lie between none and
   * that interval. 0: before every decision and after every change.
   */
  readonly viewAgeMs: number
  /** Mean requests in flight, as a share of what the models take. */
  readonly load: number
  readonly seed: number
  /** After the warm-up; virtual time. */
  readonly countedMs: number
}

export interface Affinity {
  /** Turns that were counted: those with a turn before them. */
  readonly turns: number
  /** Share of them that went to the model of the turn before. */
  readonly kept: number
  /** Share of them that went to the key's owner on the ring. */
  readonly atHome: number
  /** The fullest model's requests in flight over the mean, averaged over the decisions. */
  readonly maxOverMean: number
  readonly meanViewAgeMs: number
}

const MODELS = 8
const MAX_IN_FLIGHT = 25
const PROMPT_TOKENS = 500
const ANSWER_MS = 8_000
/** Between an answer's end and the next turn. */
const THINKING_MS = 20_000
const TURNS = 6
/** A few lives of a conversation: by then as many are under way as ever will be. */
const WARM_UP_MS = 300_000
/** A live request has its isolate report at least so often, well within what a lease outlives. */
const BEAT_MS = 5_000
const START_MS = 1_700_000_000_000

interface Turn {
  readonly key: string
  readonly isFirst: boolean
  readonly startMs: number
  readonly endMs: number
  /** Which isolate: uniform in [0, 1). */
  readonly place: number
}

/** Conversations come at random, as many as make the load; their turns, answers and pauses are of random length. */
function conversations({ load, seed, countedMs }: Scene): readonly Turn[] {
  const random = createRandom(seed)
  const untilMs = START_MS + WARM_UP_MS + countedMs
  const gapMs = (ANSWER_MS * TURNS) / (load * MODELS * MAX_IN_FLIGHT)
  const turns: Turn[] = []
  for (let beginMs = START_MS, count = 0; beginMs < untilMs; beginMs += exponential(gapMs, random), count++) {
    const key = fingerprint(`${seed} conversation ${count}`)
    let startMs = beginMs
    do {
      const endMs = startMs + exponential(ANSWER_MS, random)
      turns.push({ key, isFirst: startMs === beginMs, startMs, endMs, place: random() })
      startMs = endMs + exponential(THINKING_MS, random)
    } while (random() < 1 - 1 / TURNS)
  }
  return turns.filter(({ startMs }) => startMs < untilMs)
}

export function affinityOf(scene: Scene): Affinity {
  const models = Array.from({ length: MODELS }, (_, index) =>
    model(`seed-${scene.seed}-model-${index}`, { maxInFlight: MAX_IN_FLIGHT }),
  )
  const ring = createRing(models)
  const rank = consistentHash.prepare(models, {})
  const fleet = new Fleet(scene)
  const inFlight = new Map(models.map(({ id }) => [id, 0]))
  const lastModels = new Map<string, string>()
  const sums = { turns: 0, kept: 0, atHome: 0, maxOverMean: 0, ageMs: 0, decisions: 0 }

  const decide = ({ key, isFirst, place, endMs }: Turn) => {
    const nowMs = fleet.clock.nowMs
    const member = fleet.member(place)
    const { isolate } = member
    const { hashKey, view, ...rest } = situation(
      { nowMs, hashKey: key, lastModel: isolate.load.placements.modelOf(key, nowMs) },
      PROMPT_TOKENS,
    )
    const all: readonly Candidate[] = models.map(each => ({
      model: each,
      load: isolate.load.load(each.id, nowMs),
      quality: each.profile,
    }))
    const sieve = {
      features: rest.features,
      bound: undefined,
      place: 'nowhere',
      load: (id: string) => isolate.load.load(id, nowMs),
    }
    const eligible = all.filter(candidate => exclusionOf(candidate.model, sieve) === undefined)
    const [best] = rank(eligible.length > 0 ? eligible : all, { ...rest, hashKey, view: isolate.load.view(nowMs) })
    if (best === undefined) throw new Error('no model was ranked')
    const { id } = best.model
    isolate.load.placements.remember(key, id, nowMs, best.isExpected)
    inFlight.set(id, (inFlight.get(id) ?? 0) + 1)
    const settle = fleet.take(member, id)
    fleet.clock.at(endMs, () => {
      inFlight.set(id, (inFlight.get(id) ?? 0) - 1)
      settle()
    })
    const before = lastModels.get(key)
    lastModels.set(key, id)
    if (nowMs < START_MS + WARM_UP_MS) return
    const counts = [...inFlight.values()]
    sums.decisions += 1
    sums.ageMs += nowMs - member.syncedMs
    sums.maxOverMean += (Math.max(...counts) * MODELS) / counts.reduce((sum, count) => sum + count, 0)
    if (isFirst) return
    sums.turns += 1
    sums.kept += Number(id === before)
    sums.atHome += Number(id === ownerOf(ring, key))
  }

  for (const turn of conversations(scene)) {
    fleet.plan(turn)
    fleet.clock.at(turn.startMs, () => decide(turn))
  }
  fleet.clock.run()
  return {
    turns: sums.turns,
    kept: sums.kept / sums.turns,
    atHome: sums.atHome / sums.turns,
    maxOverMean: sums.maxOverMean / sums.decisions,
    meanViewAgeMs: sums.ageMs / sums.decisions,
  }
}

interface Member {
  readonly isolate: Isolate
  readonly phase: number
  readonly leases: Set<Lease>
  readonly planned: Set<number>
  syncedMs: number
}

/** The isolates and their tracker. */
class Fleet {
  readonly clock = new Clock()
  readonly #tracker = new Tracker()
  readonly #members: readonly Member[]
  readonly #intervalMs: number

  constructor({ isolates, viewAgeMs, seed }: Scene) {
    const random = createRandom(seed + 2 ** 32)
    this.#intervalMs = 2 * viewAgeMs
    this.#members = Array.from({ length: isolates }, (_, index) => ({
      isolate: new Isolate(`isolate-${index}`, random),
      phase: random(),
      leases: new Set(),
      planned: new Set(),
      syncedMs: START_MS,
    }))
  }

  member(place: number): Member {
    const member = this.#members[Math.floor(place * this.#members.length)]
    if (member === undefined) throw new RangeError(`no isolate at ${place}`)
    if (this.#intervalMs === 0) this.#sync(member)
    return member
  }

  /** Ends with a call of what it returns. */
  take(member: Member, id: string): () => void {
    const { isolate, leases } = member
    const lease = isolate.load.take(id, PROMPT_TOKENS, this.clock.nowMs)
    leases.add(lease)
    if (this.#intervalMs === 0) this.#sync(member)
    return () => {
      leases.delete(lease)
      lease.settle({ verdict: 'succeeded' }, this.clock.nowMs)
      if (this.#intervalMs === 0) this.#sync(member)
    }
  }

  /**
   * Of all syncs of an isolate, those that make a difference: the last one before a decision, the next one after each change, and the beats
   * between. The others would repeat what is known or bring what nobody looks at.
   */
  plan({ place, startMs, endMs }: Turn): void {
    const member = this.#members[Math.floor(place * this.#members.length)]
    if (member === undefined) return
    if (this.#intervalMs === 0) {
      for (let beatMs = startMs + BEAT_MS; beatMs < endMs; beatMs += BEAT_MS) this.clock.at(beatMs, () => this.#sync(member))
      return
    }
    const roundOf = (timeMs: number) => Math.floor((timeMs - START_MS) / this.#intervalMs - member.phase)
    const first = roundOf(startMs)
    const last = roundOf(endMs) + 1
    const beat = Math.max(1, Math.floor(BEAT_MS / this.#intervalMs))
    for (const round of [first, last]) this.#planSync(member, round)
    for (let round = first + 1; round < last; round += beat) this.#planSync(member, round)
  }

  #planSync(member: Member, round: number): void {
    if (member.planned.has(round)) return
    member.planned.add(round)
    this.clock.at(START_MS + (round + member.phase) * this.#intervalMs, () => this.#sync(member))
  }

  #sync(member: Member): void {
    const { nowMs } = this.clock
    const { isolate, leases } = member
    for (const lease of leases) lease.renew(nowMs)
    isolate.load.accept(this.#tracker.sync(isolate.load.report(nowMs), nowMs), nowMs)
    member.syncedMs = nowMs
  }
}

function exponential(mean: number, random: Random): number {
  return -mean * Math.log(1 - random())
}
