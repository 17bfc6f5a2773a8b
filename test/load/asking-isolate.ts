/** A simulated isolate some of whose requests want the tracker to choose: the router's own way to a decision, and its own calls. */
import { type Syncing, syncOnce } from '../../src/durable/sync'
import { hearingOf } from '../../src/http/host'
import { decide } from '../../src/router/decide'
import { type Decided, inform } from '../../src/router/inform'
import type { WorkPlan } from '../../src/router/plan'
import type { Host, World } from '../../src/router/world'
import { KnownRegistry } from '../../src/state/known-registry'
import { questionOf } from '../router/given'
import { PROMPT_TOKENS, type SimulatedIsolate } from './isolate'

export class AskingIsolate {
  readonly #isolate: SimulatedIsolate
  readonly #syncing: Syncing
  readonly #host: Host
  readonly #world: World

  constructor(isolate: SimulatedIsolate, client: Syncing['client'], world: World) {
    const { load, schedule } = isolate
    const { now, after } = world
    this.#isolate = isolate
    this.#world = world
    this.#syncing = { load, schedule, registry: new KnownRegistry(), client, now, after }
    const waitUntil = () => {}
    this.#host = {
      waitUntil,
      clientLeft: new AbortController().signal,
      secret: () => undefined,
      load,
      place: 'TST',
      // It reports by itself
      sync: () => {},
      hearing: hearingOf(this.#syncing, { waitUntil }),
    }
  }

  /** Undefined: it knows nothing of the others. */
  get viewAgeMs(): number | undefined {
    return this.#isolate.load.view(this.#world.now())?.ageMs
  }

  /** As often as the tracker wants, and put off by every question: those report as well. */
  async report(delay: (ms: number) => Promise<void>): Promise<void> {
    const { schedule } = this.#syncing
    const { now } = this.#world
    for (let leftMs = schedule.plan(now()) ?? 10; leftMs > 0; leftMs = schedule.leftMs(now())) await delay(leftMs)
    this.#isolate.live(now())
    await syncOnce(this.#syncing)
  }

  /** A request under a route that asks, up to where it is sent. */
  async ask(plan: WorkPlan): Promise<Decided> {
    const { now, random } = this.#world
    const { load } = this.#isolate
    const nowMs = now()
    this.#isolate.live(nowMs)
    const promptTokens = Math.round(2 * PROMPT_TOKENS * random())
    const question = {
      ...questionOf({ nowMs, random, view: load.view(nowMs), features: { promptTokens } }),
      load: (id: string) => load.load(id, nowMs),
      promptTokens,
      seed: Math.floor(random() * 2 ** 32),
    }
    const informed = await inform(plan, question, this.#host, this.#world)
    const decision = decide(plan, informed.question)
    const first = decision.ok ? decision.value.ranking[0]?.model.id : undefined
    informed.settle(first)
    if (first !== undefined) this.#isolate.send(first, promptTokens, now())
    return informed.decided
  }
}
