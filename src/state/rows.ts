/**
 * What a tracker tells all isolates alike, a row a model: written once a change instead of once a report, and sent only to those who do not have it yet. With
 * hundreds of models this is nearly all that a tracker has to say.
 *
 * A version counts the changes, and an isolate says which one it has. Rows that were sent and lost are sent again, since nobody has seen their version; a
 * tracker that was made anew has another `epoch`, and everyone gets everything. Figures are rounded, so that noise is no change.
 */
import { toldOut } from './ejection'
import { older } from './headroom'
import { DUE_MS, type Headroom, type ModelSnapshot } from './report'

/** Of a model at rest, of which nothing is known: fields that say no more are left out, and so are rows. */
const AT_REST: ModelSnapshot = Object.freeze({
  inFlight: 0,
  waitingTokens: 0,
  baseMs: null,
  slopeMsPerToken: 0,
  ahead: 1,
  slowdown: 1,
  perTokenMs: null,
  p95Ratio: null,
  concurrency: null,
  answerMs: null,
  answerTokens: null,
  cached: null,
  failureRate: 0,
  recentFailures: 0,
  headroom: null,
  usualHeadroom: null,
  ejectedForMs: 0,
})

/** A model's state without what goes without saying; null: that is all of it. Times are the tracker's own, so that they do not change as time passes. */
export type Row =
  | (Omit<Partial<ModelSnapshot>, 'headroom' | 'ejectedForMs' | 'dueForMs'> & {
      /** A version that does not say when tells two. */
      readonly headroom?: readonly [share: number, untilMs: number, atMs?: number, requests?: number]
      readonly ejectedUntilMs?: number
    })
  | null

/** The fields of a model's row that differ for one isolate. */
export type OwnRow = Partial<Pick<ModelSnapshot, 'inFlight' | 'waitingTokens' | 'slowdown'>>

const IDLE: Readonly<Record<string, unknown>> = { ...AT_REST }

/** What an answer says of the models, as it travels. */
export interface RowsSince {
  /** What the reporter had, and what it has with these; `from` is '' where these are all that there are. */
  readonly from: string
  readonly to: string
  /** When it was, by the tracker's clock. */
  readonly atMs: number
  readonly shared: Readonly<Record<string, Row>>
  /** Where its own requests are in the shared rows: what they are without. For this answer only. */
  readonly own: Readonly<Record<string, OwnRow>>
}

/** An isolate parses this within a millisecond or two. What is left over goes with the next answer. */
const MAX_BYTES = 128 * 1024
/** Rows that say no more stay as such, for those who have not heard it; beyond so many, everyone gets everything anew. */
const MAX_ROWS = 2_000

interface Written {
  readonly text: string
  /** The same with its name, as a part of a record. */
  readonly part: string
  readonly version: number
}

export class Rows {
  readonly #epoch: string
  /** Those that changed longest ago first. */
  readonly #rows = new Map<string, Written>()
  #version = 0
  #emptied = 0

  /** `epoch`: no other tracker of this name ever had it. */
  constructor(epoch: string) {
    this.#epoch = epoch
  }

  /** The state that everyone may see; undefined: the model is forgotten. */
  write(id: string, model: ModelSnapshot | undefined, nowMs: number): void {
    const before = this.#rows.get(id)?.text
    const text = JSON.stringify(model === undefined ? null : rowOf(model, nowMs))
    if (text === before || (text === 'null' && before === undefined)) return
    if (before === undefined && this.#rows.size >= MAX_ROWS) this.#empty()
    this.#version += 1
    this.#rows.delete(id)
    this.#rows.set(id, { text, part: `${JSON.stringify(id)}:${text}`, version: this.#version })
  }

  /** As JSON text, of a record each. `has`: what an answer named as `to`. */
  since(has: string, maxBytes = MAX_BYTES): Pick<RowsSince, 'from' | 'to'> & { readonly shared: string } {
    const known = this.#versionOf(has)
    const parts: string[] = []
    let bytes = 0
    let reached = known
    for (const { part, version } of this.#rows.values()) {
      if (version <= known) continue
      bytes += part.length + 1
      if (bytes > maxBytes && parts.length > 0) break
      parts.push(part)
      reached = version
    }
    return { from: known === 0 ? '' : has, to: this.#name(reached), shared: `{${parts.join(',')}}` }
  }

  #empty(): void {
    this.#emptied += 1
    this.#rows.clear()
    this.#version = 0
  }

  #name(version: number): string {
    return `${this.#epoch}.${this.#emptied}:${version}`
  }

  /** 0: nothing of this tracker's. */
  #versionOf(has: string): number {
    const prefix = this.#name(0).slice(0, -1)
    const version = has.startsWith(prefix) ? Number(has.slice(prefix.length)) : 0
    return version <= this.#version ? version : 0
  }
}

export function rowOf({ headroom, ejectedForMs, dueForMs = 0, ...model }: ModelSnapshot, nowMs: number): Row {
  const row: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(model)) {
    const figure = short(value)
    if (figure !== undefined && figure !== (IDLE[name] ?? null)) row[name] = figure
  }
  if (headroom !== null) row.headroom = headroomRow(headroom, nowMs)
  if (ejectedForMs > 0) row.ejectedUntilMs = Math.round(nowMs + (ejectedForMs > DUE_MS ? ejectedForMs : -dueForMs))
  return Object.keys(row).length === 0 ? null : row
}

function headroomRow({ share, forMs, requests, agoMs = 0 }: Headroom, nowMs: number): NonNullable<NonNullable<Row>['headroom']> {
  const [untilMs, toldAtMs] = [Math.round(nowMs + forMs), Math.round(nowMs - agoMs)]
  return requests === undefined ? [rounded(share), untilMs, toldAtMs] : [rounded(share), untilMs, toldAtMs, requests]
}

function modelOf(row: Row, atMs: number): ModelSnapshot {
  const { headroom, ejectedUntilMs, ...model } = row ?? {}
  const [share = 1, untilMs = 0, toldAtMs = atMs, requests] = headroom ?? []
  return {
    ...AT_REST,
    ...model,
    headroom: headroom === undefined ? null : older({ share, forMs: untilMs - toldAtMs, requests }, atMs - toldAtMs),
    ...toldOut(ejectedUntilMs === undefined ? undefined : ejectedUntilMs - atMs),
  }
}

/** To four digits or so. Written out, as `toPrecision` takes a microsecond. */
export function rounded(value: number): number {
  const size = Math.abs(value)
  if (size >= 1_000 || Number.isInteger(value)) return Math.round(value)
  const scale = size >= 100 ? 10 : size >= 10 ? 100 : size >= 1 ? 1_000 : 1e5
  return Math.round(value * scale) / scale
}

/** Fields may be records of figures. */
function short(value: unknown): unknown {
  if (typeof value === 'number') return rounded(value)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, short(each)]))
}

export function isRowsSince(value: unknown): value is RowsSince {
  if (typeof value !== 'object' || value === null) return false
  const { from, to, atMs, shared, own } = value as Partial<Record<keyof RowsSince, unknown>>
  const isText = typeof from === 'string' && typeof to === 'string'
  return (
    isText && Number.isFinite(atMs) && typeof shared === 'object' && shared !== null && typeof own === 'object' && own !== null
  )
}

/** An isolate's copy of the shared rows. Plain data. */
export class KnownRows {
  #version = ''
  #shared = new Map<string, Row>()

  /** Goes with a report; '' for nothing. */
  get version(): string {
    return this.#version
  }

  /** Takes the answer's rows in. Answers may overtake each other: one that knows no more than is known already adds nothing but its own rows. */
  accept({ from, to, atMs, shared, own }: RowsSince): Readonly<Record<string, ModelSnapshot>> {
    const isWhole = from === '' && epochOf(to) !== epochOf(this.#version)
    if (isWhole) this.#shared = new Map()
    const isNext =
      epochOf(to) === epochOf(this.#version) && countOf(from) <= countOf(this.#version) && countOf(to) > countOf(this.#version)
    if (isWhole || isNext) {
      this.#version = to
      for (const [id, row] of Object.entries(shared)) {
        if (row === null) this.#shared.delete(id)
        else this.#shared.set(id, row)
      }
    }
    const models: Record<string, ModelSnapshot> = {}
    for (const [id, row] of this.#shared) models[id] = modelOf(row, atMs)
    for (const [id, row] of Object.entries(own)) models[id] = { ...modelOf(this.#shared.get(id) ?? null, atMs), ...row }
    return models
  }
}

const epochOf = (version: string): string => version.slice(0, version.lastIndexOf(':'))
const countOf = (version: string): number => Number(version.slice(version.lastIndexOf(':') + 1))
