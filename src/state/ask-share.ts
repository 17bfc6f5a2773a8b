/**
 * Which share of the requests that want the tracker's own choice may ask for it, so that one object can take it.
 *
 * What the object can take (see `sync-pace.ts`) goes to the reports first that isolates make in any case: without them nobody would know of anyone. Questions
 * get what is left, and an isolate draws by chance which of its requests ask. It says how many wanted to, those that did not ask included: so the share
 * follows from what is wanted, which does not depend on the share, and there is no loop that could swing. (Clients that only see their questions refused have to
 * guess it, as in the client-side throttling of Google's "Site Reliability Engineering", chapter 21.)
 *
 * Pure; the clock is a parameter.
 */
import { decay } from '../algorithm/ewma'

/** In calls that only report: a contest is parsed and ranked, and what was seen is told. In workerd 1.1 to 1.9 with 8 to 300 models, 1.4 in the middle. */
export const ASK_COST = 1.5
/** So much more than what is left is as good as that: rates are counted, and counts vary by chance. */
const SLACK = 1.08

/** The short memory notices when everything has changed; the long one is steady. */
const SHORT_HALF_LIFE_MS = 500
const LONG_HALF_LIFE_MS = 5_000
/** At 250 a second the short memory is off by 5 % by chance; what differs by five times that has changed. */
const CHANGED = 1.25
/** What came in less time is no rate. The short memory goes hardly further back. */
const SHORT_MS = 1_000
/** After so many half-lives what is left is below the rounding of a 1. */
const NOTHING_LEFT = 60

/** What a call is for: to report alone, or to have a choice made as well. */
export type Call = 'sync' | 'ask'

export class AskShare {
  readonly #wanted = new CallRate()
  readonly #syncs = new CallRate()

  /** `wanted`: requests of the caller's that wanted to ask, since its last call. */
  call(kind: Call, wanted: number, nowMs: number): void {
    this.#wanted.add(wanted, nowMs)
    this.#syncs.add(kind === 'sync' ? 1 : 0, nowMs)
  }

  /** 0..1; 1: all may ask. `callsPerSecond`: that the object can take. */
  share(callsPerSecond: number, nowMs: number): number {
    const wanted = this.#wanted.perSecond(nowMs)
    if (wanted === 0) return 1
    const room = Math.max(0, callsPerSecond - this.#syncs.perSecond(nowMs)) / ASK_COST
    return wanted <= SLACK * room ? 1 : room / wanted
  }
}

/** Calls a second: on average since everything last changed, and of late. */
class CallRate {
  readonly #short = new Memory(SHORT_HALF_LIFE_MS)
  readonly #long = new Memory(LONG_HALF_LIFE_MS)

  add(count: number, nowMs: number): void {
    this.#short.add(count, nowMs)
    this.#long.add(count, nowMs)
    const [short, long] = [this.#short.perSecond(nowMs), this.#long.perSecond(nowMs)]
    if (short > CHANGED * long || long > CHANGED * short) this.#long.beginAnew(short, nowMs)
  }

  perSecond(nowMs: number): number {
    return this.#long.perSecond(nowMs)
  }
}

/** A decayed count, of which a rate is read: after a time t at a steady rate it is rate × h / ln 2 × (1 − 2^(−t/h)), h being the half-life. */
class Memory {
  readonly #halfLifeMs: number
  #count = 0
  #atMs = 0
  #beganAtMs: number | undefined

  constructor(halfLifeMs: number) {
    this.#halfLifeMs = halfLifeMs
  }

  add(count: number, nowMs: number): void {
    this.#beganAtMs ??= nowMs
    this.#count = this.#faded(nowMs) + count
    this.#atMs = Math.max(this.#atMs, nowMs)
  }

  perSecond(nowMs: number): number {
    return this.#count === 0 ? 0 : this.#faded(nowMs) / this.#perRate(nowMs)
  }

  /** As if it had been so for a moment, and nothing before. */
  beginAnew(perSecond: number, nowMs: number): void {
    this.#beganAtMs = nowMs - SHORT_MS
    this.#count = perSecond * this.#perRate(nowMs)
    this.#atMs = nowMs
  }

  #faded(nowMs: number): number {
    return this.#count === 0 ? 0 : this.#count * decay(nowMs - this.#atMs, this.#halfLifeMs)
  }

  #perRate(nowMs: number): number {
    const ranMs = Math.max(SHORT_MS, nowMs - (this.#beganAtMs ?? nowMs))
    const left = ranMs > NOTHING_LEFT * this.#halfLifeMs ? 0 : decay(ranMs, this.#halfLifeMs)
    return (this.#halfLifeMs / 1_000 / Math.LN2) * (1 - left)
  }
}
