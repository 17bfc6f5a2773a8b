/**
 * Where conversations are that are not where everybody would look for them. A home follows from the key alone and needs no memory; but a conversation that a
 * queue has driven elsewhere has its prompt cache there by now, and its next turn comes to another isolate. So whoever sends one elsewhere tells the
 * tracker, and the others hear of it with their next snapshot. Only hints: what is lost or too old costs a cache, and nothing else.
 *
 * Keys are fingerprints. They travel by model, so that no name is told twice.
 */
import { entryOf } from '../algorithm/entry'

/** By model, the keys of the conversations that are there. */
export type Placements = Readonly<Record<string, readonly string[]>>

export const NO_PLACEMENTS: Placements = Object.freeze({})

/** Providers keep a prompt cache for 5 to 10 minutes. */
const REMEMBERED_MS = 600_000
/** Conversations in memory, some 100 bytes each. The oldest is forgotten first. */
const MAX_REMEMBERED = 5_000
/** Some 20 bytes each, and a report travels in a header. */
const MAX_NEWS = 40
/** Of more than an isolate has missed, it hears the latest. */
const MAX_TOLD = 200

interface Known {
  readonly model: string
  readonly atMs: number
}

/** What one isolate knows of conversations: its own, and those of which it was told. */
export class KnownPlacements {
  readonly #known = new Map<string, Known>()
  /** To be told, by key: the latest is what counts. */
  readonly #news = new Map<string, string>()

  modelOf(key: string, nowMs: number): string | undefined {
    const known = this.#known.get(key)
    return known === undefined || nowMs - known.atMs > REMEMBERED_MS ? undefined : known.model
  }

  /** `isExpected`: whoever knows nothing of the conversation looks for it there; undefined: nobody looks for it anywhere. */
  remember(key: string, model: string, nowMs: number, isExpected?: boolean | undefined): void {
    const before = this.modelOf(key, nowMs)
    this.#set(key, { model, atMs: nowMs })
    if (isExpected === undefined || (before === undefined ? isExpected : before === model)) return
    this.#news.delete(key)
    this.#news.set(key, model)
  }

  hear(placements: Placements, nowMs: number): void {
    for (const model in placements) {
      const place = { model, atMs: nowMs }
      for (const key of placements[model] ?? []) this.#hear(key, place)
    }
  }

  /** What nobody was told yet, or the latest of it. Told once: a report that is lost takes its hints with it. */
  takeNews(): Placements {
    const latest = new Map([...this.#news].slice(-MAX_NEWS))
    this.#news.clear()
    return byModel(latest)
  }

  get hasNews(): boolean {
    return this.#news.size > 0
  }

  /** What this isolate did since is the later news. */
  #hear(key: string, place: Known): void {
    const known = this.#known.get(key)
    if (known === undefined) this.#add(key, place)
    else if (known.atMs <= place.atMs) this.#set(key, place)
  }

  #set(key: string, place: Known): void {
    this.#known.delete(key)
    this.#add(key, place)
  }

  #add(key: string, place: Known): void {
    this.#known.set(key, place)
    if (this.#known.size <= MAX_REMEMBERED) return
    const [oldest] = this.#known.keys()
    if (oldest !== undefined) this.#known.delete(oldest)
  }
}

interface Entry {
  readonly key: string
  readonly model: string
  readonly source: string
  /** Counted from the first that there ever was. */
  readonly number: number
  /** Of the same conversation. */
  before: Entry | undefined
  after: Entry | undefined
}

/** What a tracker passes on from each isolate to the others. */
export class PlacementLog {
  /** The latest, and some older ones that go together now and then. */
  readonly #entries: Entry[] = []
  /** Of each conversation in them. */
  readonly #latest = new Map<string, Entry>()
  /** Of the entry that comes next. */
  #next = 0

  add(placements: Placements, source: string): void {
    for (const model in placements) for (const key of placements[model] ?? []) this.#append(key, model, source)
    if (this.#entries.length > 2 * MAX_TOLD)
      for (const entry of this.#entries.splice(0, this.#entries.length - MAX_TOLD)) this.#forget(entry)
  }

  /** Entries of others from `from` on, as `next` was when the isolate last heard: each conversation once, with its latest. `NO_PLACEMENTS` where there are none. */
  since(from: number, isolate: string): Placements {
    const missed = Math.min(MAX_TOLD, this.#entries.length, Math.max(0, this.#next - from))
    let models: Record<string, string[]> | undefined
    for (let at = this.#entries.length - missed; at < this.#entries.length; at++) {
      const entry = this.#entries[at]
      if (entry === undefined || entry.source === isolate || wasToldSince(this.#next - missed, entry, isolate)) continue
      models ??= {}
      const { key } = entry
      const model = latestOf(entry, isolate)
      const keys = entryOf(models, model)
      if (keys === undefined) models[model] = [key]
      else keys.push(key)
    }
    return models ?? NO_PLACEMENTS
  }

  get next(): number {
    return this.#next
  }

  #append(key: string, model: string, source: string): void {
    const before = this.#latest.get(key)
    const entry: Entry = { key, model, source, number: this.#next, before, after: undefined }
    if (before !== undefined) before.after = entry
    this.#latest.set(key, entry)
    this.#entries.push(entry)
    this.#next += 1
  }

  #forget({ key, after }: Entry): void {
    if (after === undefined) this.#latest.delete(key)
    else after.before = undefined
  }
}

/** Another of this conversation, by somebody else than the isolate, comes before it from the number `from` on. */
function wasToldSince(from: number, entry: Entry, isolate: string): boolean {
  for (let { before } = entry; before !== undefined && before.number >= from; before = before.before)
    if (before.source !== isolate) return true
  return false
}

/** Where others than the isolate have sent it last. */
function latestOf(entry: Entry, isolate: string): string {
  let { model } = entry
  for (let { after } = entry; after !== undefined; after = after.after) if (after.source !== isolate) model = after.model
  return model
}

export function isPlacements(value: unknown): value is Placements {
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).every(keys => Array.isArray(keys) && keys.every(key => typeof key === 'string'))
}

/** `modelOf`: by key. */
function byModel(modelOf: ReadonlyMap<string, string>): Placements {
  const models: Record<string, string[]> = {}
  for (const [key, model] of modelOf) {
    const keys = entryOf(models, model) ?? []
    keys.push(key)
    models[model] = keys
  }
  return models
}
