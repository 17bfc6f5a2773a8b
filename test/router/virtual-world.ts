/** A world whose clock moves only when a test says so, with timers that fire in the order of their times, and a network made of functions. */
import { createRandom } from '../../src/algorithm/random'
import type { Hearing, Host, World } from '../../src/router/world'
import { LocalLoad } from '../../src/state/local-load'

export const START_MS = 1_700_000_000_000

interface Timer {
  readonly atMs: number
  readonly callback: () => void
}

export class VirtualWorld implements World {
  nowMs = START_MS
  readonly #timers = new Set<Timer>()
  readonly #random = createRandom(1)
  #ids = 0

  readonly now = (): number => this.nowMs
  readonly random = (): number => this.#random()
  readonly newId = (): string => `id-${this.#ids++}`
  fetch: World['fetch'] = async () => {
    throw new TypeError('this world has no network')
  }

  readonly after = (ms: number, callback: () => void): (() => void) => {
    const timer = { atMs: this.nowMs + ms, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Timers that would still fire. */
  get armed(): number {
    return this.#timers.size
  }

  /** Lets time pass, timer by timer. What they start runs on before the next one fires. */
  async pass(ms: number): Promise<void> {
    await settled()
    const untilMs = this.nowMs + ms
    for (let next = this.#next(untilMs); next !== undefined; next = this.#next(untilMs)) {
      this.#timers.delete(next)
      this.nowMs = next.atMs
      next.callback()
      await settled()
    }
    this.nowMs = untilMs
    await settled()
  }

  #next(untilMs: number): Timer | undefined {
    return [...this.#timers].filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0]
  }
}

/** Everything that does not wait for time has happened. A turn of the event loop comes after all promises that are ready. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(resolve => setImmediate(resolve))
}

function unexpected(what: string): never {
  throw new Error(`${what} before a decision`)
}

export class VirtualHost implements Host {
  readonly leaving = new AbortController()
  readonly clientLeft = this.leaving.signal
  readonly load = new LocalLoad('isolate')
  readonly place = 'FRA'
  readonly awaited: Promise<unknown>[] = []
  syncs = 0

  readonly waitUntil = (promise: Promise<unknown>): void => {
    this.awaited.push(promise)
  }
  readonly secret = (name: string): string | undefined => `value of ${name}`
  readonly sync = (): void => {
    this.syncs += 1
  }
  beatMs = 1_000
  watched = 0
  /** Of a tracker that nobody may wait for; a test that wants another sets it. */
  hearing: Hearing = {
    intervalMs: () => 100,
    mayWait: () => true,
    waited: () => {},
    sync: () => unexpected('a sync'),
    ask: () => unexpected('a question'),
    watch: () => {
      this.watched += 1
    },
    beatMs: () => this.beatMs,
  }
}
