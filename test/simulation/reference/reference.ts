/**
 * What the literature's balancers share here: they walk on to another model when one fails, leave one alone that asked for it or keeps failing,
 * as far as the own isolate knows, and count what they have in flight. Each adds only whom it picks.
 */
import { consequenceOf } from '../../../src/router/consequence'
import { type Account, type Ask, type Ending, firstTokenLimitMs, type Policy, type Sent } from '../policy'
import type { MakePolicy, Setting } from '../simulation'

export interface Balancer {
  /** One of `open`, which is never empty. */
  pick(ask: Ask, open: readonly number[]): number
  sent?(ask: Ask, model: number): void
  firstToken?(ask: Ask, model: number, ms: number): void
  ended?(ask: Ask, model: number, ms: number, ending: Ending): void
  /** With its isolate. */
  lost?(ask: Ask, model: number): void
  /** The isolate's memory is gone. */
  forget?(isolate: number): void
}

/** Envoy's defaults for ejecting what fails in a row. */
const CONSECUTIVE = 5
const EJECTED_MS = 5_000

/** `knowsHealth`: it needs no ejection of its own. */
export const reference =
  (name: string, make: (setting: Setting) => Balancer, { knowsHealth = false } = {}): MakePolicy =>
  setting =>
    new Reference(name, setting, make(setting), knowsHealth)

class Reference implements Policy {
  readonly name: string
  readonly #setting: Setting
  readonly #balancer: Balancer
  readonly #knowsHealth: boolean
  readonly #models: readonly number[]
  /** By isolate and model. */
  readonly #outUntilMs: Float64Array
  readonly #failures: Int32Array
  #inFlight = 0

  constructor(name: string, setting: Setting, balancer: Balancer, knowsHealth: boolean) {
    this.name = name
    this.#setting = setting
    this.#balancer = balancer
    this.#knowsHealth = knowsHealth
    this.#models = setting.scenario.fleet.models.map((_, index) => index)
    this.#outUntilMs = new Float64Array(setting.scenario.isolates * this.#models.length)
    this.#failures = new Int32Array(setting.scenario.isolates * this.#models.length)
  }

  inform(_: Ask, goOn: () => void): void {
    goOn()
  }

  choose(ask: Ask): number | undefined {
    const { nowMs } = this.#setting.clock
    const untried = this.#models.filter(model => !ask.tried.includes(model))
    if (untried.length === 0) return undefined
    const open = this.#knowsHealth
      ? untried
      : untried.filter(model => (this.#outUntilMs[this.#at(ask.isolate, model)] ?? 0) <= nowMs)
    return this.#balancer.pick(ask, open.length > 0 ? open : untried)
  }

  send(ask: Ask, model: number): Sent {
    const { clock } = this.#setting
    const sentMs = clock.nowMs
    this.#inFlight += 1
    this.#balancer.sent?.(ask, model)
    return {
      limitMs: firstTokenLimitMs(ask.promptTokens),
      headers: () => {},
      firstToken: () => this.#balancer.firstToken?.(ask, model, clock.nowMs - sentMs),
      end: ending => {
        this.#inFlight -= 1
        this.#learn(this.#at(ask.isolate, model), ending)
        this.#balancer.ended?.(ask, model, clock.nowMs - sentMs, ending)
      },
      lose: () => {
        this.#inFlight -= 1
        this.#balancer.lost?.(ask, model)
      },
    }
  }

  replaceIsolate(isolate: number): void {
    for (const model of this.#models) {
      this.#outUntilMs[this.#at(isolate, model)] = 0
      this.#failures[this.#at(isolate, model)] = 0
    }
    this.#balancer.forget?.(isolate)
  }

  account(): Account {
    return { syncs: 0, leases: this.#inFlight }
  }

  #at(isolate: number, model: number): number {
    return isolate * this.#models.length + model
  }

  #learn(at: number, ending: Ending): void {
    if (ending.ok) {
      this.#failures[at] = 0
      return
    }
    const { settlement } = consequenceOf(ending.failure)
    const failures = (this.#failures[at] ?? 0) + (settlement.verdict === 'failed' ? 1 : 0)
    this.#failures[at] = failures
    const outMs = Math.max(settlement.coolMs ?? 0, failures >= CONSECUTIVE ? EJECTED_MS : 0)
    if (outMs > 0) this.#outUntilMs[at] = Math.max(this.#outUntilMs[at] ?? 0, this.#setting.clock.nowMs + outMs)
  }
}

/** The lowest, ties at random. */
export function least(open: readonly number[], costOf: (model: number) => number, random: () => number): number {
  let best: number[] = []
  let lowest = Number.POSITIVE_INFINITY
  for (const model of open) {
    const cost = costOf(model)
    if (cost < lowest) {
      lowest = cost
      best = [model]
    } else if (cost === lowest) best.push(model)
  }
  return any(best.length > 0 ? best : open, random)
}

export function any(open: readonly number[], random: () => number): number {
  const model = open[Math.floor(random() * open.length)]
  if (model === undefined) throw new RangeError('nobody to choose from')
  return model
}
