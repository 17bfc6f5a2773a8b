/** The router's decision in the simulation: what it is asked, and what comes of it. */
import { createRandom } from '../../src/algorithm/random'
import { UNDESCRIBED } from '../../src/context/features'
import { type Contest, contestOf } from '../../src/router/contest'
import { decide, type Question } from '../../src/router/decide'
import type { Plan } from '../../src/router/plan'
import type { Ruling } from '../../src/state/central'
import type { ModelLoad } from '../../src/state/local-load'
import type { Ranked } from '../../src/strategy/strategy'
import { POOL } from './fleet-plan'
import type { Ask } from './policy'
import { routerMs, type SimulatedIsolate } from './simulated-isolate'
import type { Setting } from './simulation'

export const PLACE = 'SIM'
const FEATURES = { ...UNDESCRIBED, stream: true } as const
const CONTROLS = {
  strategy: undefined,
  priority: undefined,
  key: undefined,
  models: undefined,
  deadlineMs: undefined,
  fallback: true,
  keepAlive: false,
} as const
const NOTHING = Object.freeze({})

export interface Chosen {
  readonly ranking: readonly Ranked[]
  readonly panic: boolean
}

export const NOBODY: Chosen = Object.freeze({ ranking: [], panic: false })

export class Decisions {
  readonly #setting: Setting
  readonly #plan: Plan
  readonly #minds: { readonly deadlines: boolean; readonly conversations: boolean }
  /** What the tracker chose, by the request's id, until the isolate acts on it. */
  readonly #rulings = new Map<number, { readonly ruling: Ruling; readonly seed: number }>()
  /** Of conversations, by number: the same text is found sooner in a map than its like. */
  readonly #hashKeys = new Map<number, string>()

  /** `minds`: what the strategy is told of a request. */
  constructor(setting: Setting, plan: Plan, minds: { readonly deadlines: boolean; readonly conversations: boolean }) {
    this.#setting = setting
    this.#plan = plan
    this.#minds = minds
  }

  /** For the tracker to choose by. */
  contest(ask: Ask, isolate: SimulatedIsolate, seed: number): Contest | undefined {
    return contestOf(this.#plan, { ...this.#questionOf(ask, isolate), promptTokens: ask.promptTokens, seed })
  }

  /** The tracker has chosen. */
  hear({ id }: Ask, ruling: Ruling, seed: number): void {
    this.#rulings.set(id, { ruling, seed })
  }

  decide(ask: Ask, isolate: SimulatedIsolate): Chosen {
    const heard = this.#rulings.get(ask.id)
    this.#rulings.delete(ask.id)
    const own = this.#questionOf(ask, isolate)
    const question: Question =
      heard === undefined
        ? own
        : {
            ...own,
            random: createRandom(heard.seed),
            load: id => heard.ruling.seen.loads[id] ?? own.load(id),
            view: heard.ruling.seen.view,
          }
    const decision = decide(this.#plan, question)
    if (!decision.ok) return NOBODY
    const { ranking, panic } = decision.value
    return { ranking, panic }
  }

  hashKeyOf({ session, id }: Ask): string {
    if (session < 0) return `request ${id}`
    let key = this.#hashKeys.get(session)
    if (key === undefined) {
      key = `session ${session}`
      this.#hashKeys.set(session, key)
    }
    return key
  }

  #questionOf(ask: Ask, { memory }: SimulatedIsolate): Question {
    const nowMs = routerMs(this.#setting.clock)
    const hashKey = this.#minds.conversations ? this.hashKeyOf(ask) : ''
    // The state is asked for the same figures several times in a decision, and nothing changes in between
    const loads = new Map<string, ModelLoad>()
    return {
      model: POOL,
      controls: this.#minds.deadlines ? { ...CONTROLS, deadlineMs: ask.deadlineMs } : CONTROLS,
      features: featuresOf(ask),
      bound: undefined,
      metadata: NOTHING,
      claims: NOTHING,
      hashKey,
      lastModel: memory.load.placements.modelOf(hashKey, nowMs),
      isPopular: memory.popularity.isPopular(hashKey, nowMs),
      nowMs,
      random: this.#setting.random,
      turn: group => memory.turn(group),
      load: id => {
        let known = loads.get(id)
        if (known === undefined) {
          known = memory.load.load(id, nowMs)
          loads.set(id, known)
        }
        return known
      },
      feedback: NOTHING,
      place: PLACE,
      view: memory.load.view(nowMs),
    }
  }
}

export const featuresOf = ({ promptTokens, turn }: Ask) => ({ ...FEATURES, promptTokens, turns: turn })
