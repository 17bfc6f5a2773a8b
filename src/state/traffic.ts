/** What reports tell of requests that begin: how many come and how large they are, how much they come together, and how old that is when it is told. */
import { type Ewma, observe } from '../algorithm/ewma'
import { type ArrivalRates, type Arrivals, arrive, arriveSteadily, meanTokens, NO_ARRIVALS, ratesOf, without } from './arrivals'
import { Bursts } from './bursts'
import type { Report, Snapshot } from './report'

const LAG_HALF_LIFE_MS = 10_000

export class Traffic {
  #arrivals: Arrivals = NO_ARRIVALS
  readonly #bursts = new Bursts()
  #lag: Ewma | undefined

  /** From each batch once. */
  learn(report: Report, nowMs: number): void {
    const starts = startsIn(report)
    // One that does not say had only starts that the tracker knew of before
    if (starts > 0 || report.startsAgoMs !== undefined)
      this.#lag = observe(this.#lag, report.startsAgoMs ?? 0, nowMs, LAG_HALF_LIFE_MS)
    this.#arrivals = arriving(this.#arrivals, report, nowMs)
    this.#bursts.arrive(starts, nowMs)
  }

  /** An isolate has gone, with what it brought. */
  leave(own: Arrivals, nowMs: number): void {
    this.#arrivals = without(this.#arrivals, own, nowMs)
  }

  rates(nowMs: number): ArrivalRates {
    return ratesOf(this.#arrivals, nowMs)
  }

  /** For whoever has brought `own` of it, with what comes elsewhere. How large prompts are is asked of all traffic: an isolate that is alone has no others. */
  figures(
    own: Arrivals,
    elsewhere: ArrivalRates,
    nowMs: number,
  ): Pick<Snapshot, 'lagMs' | 'arrivalsPerSecond' | 'meanPromptTokens'> & { readonly burstFactor: number } {
    const all = arriveSteadily(this.#arrivals, elsewhere, nowMs)
    return {
      lagMs: Math.round(this.#lag?.value ?? 0),
      arrivalsPerSecond: ratesOf(without(all, own, nowMs), nowMs).arrivalsPerSecond,
      burstFactor: this.#bursts.factor,
      meanPromptTokens: meanTokens(all),
    }
  }
}

/** With those of a report. */
export function arriving(arrivals: Arrivals, { learned }: Report, nowMs: number): Arrivals {
  let all = arrivals
  for (const id in learned) all = arrive(all, learned[id]?.starts ?? 0, learned[id]?.promptTokens ?? 0, nowMs)
  return all
}

function startsIn({ learned }: Report): number {
  let starts = 0
  for (const id in learned) starts += learned[id]?.starts ?? 0
  return starts
}
