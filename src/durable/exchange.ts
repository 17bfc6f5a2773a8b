/**
 * A tracker's calls to the one above it: shards to their region's head, heads to the one for the whole fleet. Made behind the reports that a tracker answers,
 * and for some seconds after the last one, until what ended is known to have ended; without traffic there are none. If the one above is away, only what it knows of
 * the others is missed, and what it was told of this one expires.
 */
import { bounded, type Summary } from '../state/summary'
import type { Tracker } from '../state/tracker'
import { above, FLEET } from './region'
import { exchangeWith } from './tracker-client'

/** Within a region: what the shards know of each other is to be no older than what isolates know of their shard. */
const SHARDS_MS = 250
/** Between regions, which are about a hundred milliseconds apart in any case. */
const REGIONS_MS = 1_000
/** While there is no other region. */
const ALONE_MS = 5_000
/** Isolates that have just been busy will soon be again, and are not to find the others as they were when they stopped. */
const LINGER_MS = 2_000
/** The same warning is of no more use twice a minute. */
const WARN_EVERY_MS = 60_000

export class Exchange {
  readonly #name: string
  readonly #above: string | undefined
  readonly #namespace: DurableObjectNamespace
  readonly #tracker: Tracker
  #isPlanned = false
  #toldAtMs = Number.NEGATIVE_INFINITY
  #hasOthers = false
  #wokenAtMs = Number.NEGATIVE_INFINITY
  #saidCutAtMs = Number.NEGATIVE_INFINITY
  #saidAwayAtMs = Number.NEGATIVE_INFINITY
  /** As far as the one above may know, there are requests under way. */
  #toldHeld = false

  /** `name`: of the object. */
  constructor(name: string, namespace: DurableObjectNamespace, tracker: Tracker) {
    this.#name = name
    this.#above = above(name)
    this.#namespace = namespace
    this.#tracker = tracker
  }

  /** Something may be to be told. Undefined: not now, or it will be already. Never rejects. */
  inTime(): Promise<void> | undefined {
    this.#wokenAtMs = Date.now()
    return this.#plan()
  }

  #plan(): Promise<void> | undefined {
    if (this.#above === undefined || this.#isPlanned) return undefined
    const waitMs = Math.max(0, this.#everyMs - Math.abs(Date.now() - this.#toldAtMs))
    // It would only keep the object awake, where nobody is listening. What was told to be under way has to be known to have ended
    if (waitMs > REGIONS_MS && !this.#toldHeld) return undefined
    this.#isPlanned = true
    return this.#tell(this.#above, waitMs)
  }

  get #everyMs(): number {
    if (this.#above !== FLEET) return SHARDS_MS
    return this.#hasOthers ? REGIONS_MS : ALONE_MS
  }

  async #tell(whom: string, waitMs: number): Promise<void> {
    if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs))
    const nowMs = Date.now()
    this.#toldAtMs = nowMs
    this.#isPlanned = false
    const { omitted, ...summary } = bounded(this.#tracker.summary(whom, nowMs))
    if (omitted > 0 && Math.abs(nowMs - this.#saidCutAtMs) >= WARN_EVERY_MS) {
      this.#saidCutAtMs = nowMs
      console.warn(JSON.stringify({ level: 'warn', event: 'summary_cut', tracker: this.#name, omitted }))
    }
    const isHeld = isBusy(summary)
    // It may have got there whatever comes back
    this.#toldHeld ||= isHeld
    try {
      const others = await exchangeWith(this.#namespace, whom, this.#name, summary)
      this.#toldHeld = isHeld
      this.#hasOthers = others.isolates > 0
      this.#tracker.hear(whom, others, nowMs)
      if (isBusy(others) && Math.abs(nowMs - this.#wokenAtMs) < LINGER_MS) await this.#plan()
    } catch (error) {
      if (Math.abs(nowMs - this.#saidAwayAtMs) < WARN_EVERY_MS) return
      this.#saidAwayAtMs = nowMs
      console.warn(JSON.stringify({ level: 'warn', event: 'tracker_away', tracker: whom, error: String(error) }))
    }
  }
}

const isBusy = ({ models }: Summary): boolean => Object.values(models).some(({ held }) => held !== undefined)
