/**
 * What one isolate knows of everyone else: the last snapshot that its tracker sent, which ages, and the probes that it was handed, which are used once. Plain
 * data.
 */
import type { Told } from './model-load'
import { DUE_MS, type Snapshot } from './report'
import { LEASE_MS } from './tracker'

/** The fleet's traffic. */
export interface View {
  /** Since the snapshot was asked for, and how old, on average, what the others had said of themselves was already then. */
  readonly ageMs: number
  /** As those meet it who come with others: more than the average where they come in bursts. */
  readonly arrivalsPerSecond: number
  readonly meanPromptTokens: number
}

export class KnownFleet {
  #snapshot: { readonly value: Snapshot; readonly atMs: number } | undefined
  /** Handed to this isolate and not yet used. */
  readonly #probes = new Set<string>()

  /** `sentAtMs`: when the report left, from which on the snapshot ages. */
  accept(snapshot: Snapshot, sentAtMs: number): void {
    // What an older one shows is known better by now, while a probe is handed out once
    if (this.#snapshot === undefined || this.#snapshot.atMs <= sentAtMs) {
      this.#snapshot = { value: snapshot, atMs: sentAtMs }
      // A probe that was handed out before and not used is still this isolate's, unless the model was ejected anew since
      for (const model of this.#probes) if (!this.#isDue(model)) this.#probes.delete(model)
      for (const model of probesIn(snapshot)) this.#probes.add(model)
    } else for (const model of probesIn(snapshot)) if (this.#isDue(model)) this.#probes.add(model)
  }

  of(model: string, nowMs: number): Told {
    if (this.#snapshot === undefined) return { model: undefined, ageMs: Number.POSITIVE_INFINITY, probe: false }
    const { value, atMs } = this.#snapshot
    return { model: value.models[model], ageMs: nowMs - atMs, probe: this.#probes.has(model) }
  }

  /** However long ago it was told. */
  perTokenMs(model: string): number | undefined {
    return this.#snapshot?.value.models[model]?.perTokenMs ?? undefined
  }

  useProbe(model: string): void {
    this.#probes.delete(model)
  }

  /** Undefined while there is no snapshot young enough for its counts to mean anything. */
  view(nowMs: number): View | undefined {
    if (this.#snapshot === undefined || nowMs - this.#snapshot.atMs > LEASE_MS) return undefined
    const { lagMs = 0, arrivalsPerSecond, burstFactor = 1, meanPromptTokens } = this.#snapshot.value
    return {
      ageMs: nowMs - this.#snapshot.atMs + lagMs,
      arrivalsPerSecond: arrivalsPerSecond * burstFactor,
      meanPromptTokens,
    }
  }

  /** How long ago the snapshot was asked for; infinite without one. */
  heardAgoMs(nowMs: number): number {
    return this.#snapshot === undefined ? Number.POSITIVE_INFINITY : Math.abs(nowMs - this.#snapshot.atMs)
  }

  /** Of the requests that want the tracker's choice, the share that may ask for it. */
  get askShare(): number {
    return this.#snapshot?.value.askShare ?? 1
  }

  /** How many share the traffic; 1 while nothing is known. */
  get isolates(): number {
    return this.#snapshot?.value.isolates ?? 1
  }

  /** Only a probe is missing. */
  #isDue(model: string): boolean {
    return this.#snapshot?.value.models[model]?.ejectedForMs === DUE_MS
  }
}

/** Without a look at the models, if it can be helped: a snapshot works out their figures only then. */
const probesIn = (snapshot: Snapshot): readonly string[] =>
  snapshot.probes ?? Object.keys(snapshot.models).filter(model => snapshot.models[model]?.probe)
