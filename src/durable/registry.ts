/**
 * The Durable Object that holds what the whole fleet shares: the overlay of changes with its history, and what feedback taught. There is one. A shell of
 * itty-durable over SQLite tables and the pure code of `state/`.
 */
import { createDurable } from 'itty-durable'
import { type Evidence, type Forgetting, NO_EVIDENCE, observe } from '../algorithm/beta'
import { type Change, changed, describeChange, NO_OVERLAY, type Overlay, type OverlayVersion } from '../state/overlay'
import type { FeedbackTable, RegistryView } from '../state/registry-view'

/** Versions that can be gone back to. */
const MAX_VERSIONS = 200
/** Feedback moves beliefs slowly, and each revision travels to every isolate. */
const PUBLISH_FEEDBACK_EVERY_MS = 5_000

export interface Feedback {
  readonly requestId: string
  readonly model: string
  readonly metric: string
  readonly topic: string
  /** 0..1. */
  readonly score: number
  /** When the request was made: it is remembered, against repeats, until its id has expired. */
  readonly requestedAtMs: number
  readonly forgetting: Forgetting
}

/** Longer than any request id is accepted. */
const REMEMBER_REQUEST_MS = 8 * 24 * 3_600_000

interface Shell {
  readonly storage: DurableObjectStorage
}

export class Registry extends createDurable({ autoPersist: false }) {
  #signingKey = ''
  #overlay: Overlay = NO_OVERLAY
  #revision = 0
  #feedback: FeedbackTable = {}
  /** Feedback that no revision carries yet. */
  #isUntold = false
  #toldAtMs = 0

  override async onLoad(): Promise<void> {
    const { sql } = this.#storage
    sql.exec(`
      CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS overlay (
        version INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, models TEXT NOT NULL);
      CREATE TABLE IF NOT EXISTS evidence (
        model TEXT, metric TEXT, topic TEXT, sum REAL NOT NULL, count REAL NOT NULL, at_ms INTEGER NOT NULL,
        PRIMARY KEY (model, metric, topic));
      CREATE TABLE IF NOT EXISTS heard (request TEXT PRIMARY KEY, until_ms INTEGER NOT NULL);
      CREATE INDEX IF NOT EXISTS heard_until ON heard (until_ms);
    `)
    this.#signingKey = this.#meta('signing-key') ?? this.#remember('signing-key', randomKey())
    this.#revision = Number(this.#meta('revision') ?? 0)
    const [latest] = sql.exec('SELECT version, models FROM overlay ORDER BY version DESC LIMIT 1').toArray()
    if (latest !== undefined) this.#overlay = { version: Number(latest.version), models: JSON.parse(String(latest.models)) }
    this.#feedback = this.#readFeedback()
    // What the memory held back when the object was evicted
    this.#isUntold = true
  }

  /** The view, or null where `known` is its revision. */
  read(known: number): { readonly view: RegistryView | null } {
    this.#tellFeedback(Date.now())
    return { view: known === this.#revision && known > 0 ? null : this.#view() }
  }

  /**
   * `encoded`: a `Change` as URI-encoded JSON, since arguments travel in a header. `expected`: the overlay's version that the change was checked against;
   * another one refuses it, for what was checked would not be what comes out.
   */
  change(encoded: string, who: string, expected: number): { readonly view: RegistryView; readonly isDone: boolean } {
    if (expected !== this.#overlay.version) return { view: this.#view(), isDone: false }
    const change = JSON.parse(decodeURIComponent(encoded)) as Change
    this.#adopt(changed(this.#overlay, change), decodeURIComponent(who), describeChange(change))
    return { view: this.#view(), isDone: true }
  }

  /** Makes an earlier version the newest; 0 is the configuration without any change. Without a number, what is `expected` does not matter. */
  rollback(version: number, who: string, expected?: number | null): { readonly view: RegistryView; readonly isDone: boolean } {
    if (typeof expected === 'number' && expected !== this.#overlay.version) return { view: this.#view(), isDone: false }
    const [row] = this.#storage.sql.exec('SELECT models FROM overlay WHERE version = ?', version).toArray()
    if (row === undefined && version !== 0) return { view: this.#view(), isDone: false }
    const models = row === undefined ? NO_OVERLAY.models : JSON.parse(String(row.models))
    this.#adopt({ version: this.#overlay.version + 1, models }, decodeURIComponent(who), `back to version ${version}`)
    return { view: this.#view(), isDone: true }
  }

  /** The latest first. */
  history(): { readonly versions: readonly OverlayVersion[] } {
    const rows = this.#storage.sql.exec('SELECT version, at_ms, who, what FROM overlay ORDER BY version DESC').toArray()
    return {
      versions: rows.map(row => ({
        version: Number(row.version),
        atMs: Number(row.at_ms),
        who: String(row.who),
        what: String(row.what),
      })),
    }
  }

  /** Once per request. */
  learn(encoded: string): { readonly isNew: boolean } {
    const feedback = JSON.parse(decodeURIComponent(encoded)) as Feedback
    const { requestId, model, metric, topic, score, requestedAtMs, forgetting } = feedback
    const nowMs = Date.now()
    const { sql } = this.#storage
    sql.exec('DELETE FROM heard WHERE until_ms < ?', nowMs)
    const heard = sql.exec(
      'INSERT OR IGNORE INTO heard (request, until_ms) VALUES (?, ?)',
      requestId,
      requestedAtMs + REMEMBER_REQUEST_MS,
    )
    if (heard.rowsWritten === 0) return { isNew: false }
    const before = this.#feedback[model]?.[metric]?.[topic] ?? NO_EVIDENCE
    const after = observe(before, score, nowMs, forgetting)
    sql.exec(
      'INSERT OR REPLACE INTO evidence (model, metric, topic, sum, count, at_ms) VALUES (?, ?, ?, ?, ?, ?)',
      model,
      metric,
      topic,
      after.sum,
      after.count,
      after.atMs,
    )
    this.#feedback = withEvidence(this.#feedback, model, metric, topic, after)
    this.#isUntold = true
    return { isNew: true }
  }

  #adopt(overlay: Overlay, who: string, what: string): void {
    const { sql } = this.#storage
    sql.exec(
      'INSERT INTO overlay (version, at_ms, who, what, models) VALUES (?, ?, ?, ?, ?)',
      overlay.version,
      Date.now(),
      who,
      what,
      JSON.stringify(overlay.models),
    )
    sql.exec('DELETE FROM overlay WHERE version <= ?', overlay.version - MAX_VERSIONS)
    this.#overlay = overlay
    this.#nextRevision()
  }

  #tellFeedback(nowMs: number): void {
    if (this.#revision > 0 && (!this.#isUntold || Math.abs(nowMs - this.#toldAtMs) < PUBLISH_FEEDBACK_EVERY_MS)) return
    this.#isUntold = false
    this.#toldAtMs = nowMs
    this.#nextRevision()
  }

  /** Never below the time: a registry that was made anew, or set back to an earlier state, has to be believed over what is known of it. */
  #nextRevision(): void {
    this.#revision = Math.max(this.#revision + 1, Date.now())
    this.#remember('revision', String(this.#revision))
  }

  #view(): RegistryView {
    return { revision: this.#revision, overlay: this.#overlay, feedback: this.#feedback, signingKey: this.#signingKey }
  }

  #readFeedback(): FeedbackTable {
    let table: FeedbackTable = {}
    for (const row of this.#storage.sql.exec('SELECT model, metric, topic, sum, count, at_ms FROM evidence')) {
      const evidence = { sum: Number(row.sum), count: Number(row.count), atMs: Number(row.at_ms) }
      table = withEvidence(table, String(row.model), String(row.metric), String(row.topic), evidence)
    }
    return table
  }

  #meta(name: string): string | undefined {
    const [row] = this.#storage.sql.exec('SELECT value FROM meta WHERE name = ?', name).toArray()
    return row === undefined ? undefined : String(row.value)
  }

  #remember(name: string, value: string): string {
    this.#storage.sql.exec('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)', name, value)
    return value
  }

  get #storage(): DurableObjectStorage {
    return (this.state as Shell).storage
  }
}

function withEvidence(table: FeedbackTable, model: string, metric: string, topic: string, evidence: Evidence): FeedbackTable {
  const metrics = table[model] ?? {}
  return { ...table, [model]: { ...metrics, [metric]: { ...metrics[metric], [topic]: evidence } } }
}

/** 256 random bits as hexadecimal digits. */
function randomKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(32))].map(byte => byte.toString(16).padStart(2, '0')).join('')
}
