/**
 * What one isolate knows of everyone else: the last snapshot that its tracker sent, which ages, and which of the models that are left out there it has tried
 * since. Plain data.
 */
import { PROBE_MS } from './ejection'
import type { Told } from './model-load'
import { hasTurn, turnShare } from './probe-turn'
import { DUE_MS, type ModelSnapshot, type Snapshot } from './report'
import { LEASE_MS } from './tracker'

/** The fleet's traffic. */
export interface View {
  /** Since the snapshot was asked for, and how old, on average, what the others had said of themselves was already then. */
  readonly ageMs: number
  /** As those meet it who come with others: more than the average where they come in bursts. */
  readonly arrivalsPerSecond: number
  /** This isolate's included; 0 where none came lately. */
  readonly meanPromptTokens: number
}

export class KnownFleet {
  readonly #isolate: string
  #snapshot: { readonly value: Snapshot; readonly atMs: number } | undefined
  /** When this isolate last tried a model that is left out. */
  readonly #tried = new Map<string, number>()

  constructor(isolate: string) {
    this.#isolate = isolate
  }

  /** `sentAtMs`: when the report left, from which on the snapshot ages. */
  accept(snapshot: Snapshot, sentAtMs: number): void {
    // What an older one shows is known better by now
    if (this.#snapshot === undefined || this.#snapshot.atMs <= sentAtMs) this.#snapshot = { value: snapshot, atMs: sentAtMs }
  }

  of(model: string, nowMs: number): Told {
    if (this.#snapshot === undefined) return { model: undefined, ageMs: Number.POSITIVE_INFINITY, hasTurn: false }
    const { value, atMs } = this.#snapshot
    const known = value.models[model]
    return {
      model: known,
      ageMs: nowMs - atMs,
      hasTurn: isOut(known) && this.#hasTurn(model, dueForMs(known, nowMs - atMs), nowMs),
    }
  }

  /** The tracker said something of it. */
  knows(model: string): boolean {
    return this.#snapshot?.value.models[model] !== undefined
  }

  /** However long ago it was told. */
  perTokenMs(model: string): number | undefined {
    return this.#snapshot?.value.models[model]?.perTokenMs ?? undefined
  }

  /** A request goes there. True: although it is left out. */
  send(model: string, nowMs: number): boolean {
    if (!isOut(this.#snapshot?.value.models[model])) {
      this.#tried.delete(model)
      return false
    }
    this.#tried.set(model, nowMs)
    return true
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

  #hasTurn(model: string, dueForMs: number, nowMs: number): boolean {
    if (nowMs - (this.#tried.get(model) ?? Number.NEGATIVE_INFINITY) < PROBE_MS) return false
    const { isolates, arrivalsPerSecond } = this.#snapshot?.value ?? { isolates: 1, arrivalsPerSecond: 0 }
    return hasTurn(this.#isolate, turnShare(isolates, arrivalsPerSecond, dueForMs), nowMs)
  }
}

const isOut = (model: ModelSnapshot | undefined): model is ModelSnapshot => model !== undefined && model.ejectedForMs > 0

/** By now. */
const dueForMs = ({ ejectedForMs, dueForMs = 0 }: ModelSnapshot, ageMs: number): number =>
  ejectedForMs > DUE_MS ? Math.max(0, ageMs - ejectedForMs) : dueForMs + Math.max(0, ageMs)
