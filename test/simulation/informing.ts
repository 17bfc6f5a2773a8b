/** What an isolate waits for before it decides, by where the route has its view from. */
import { idsIn, rankContest, sharedBy } from '../../src/router/contest'
import { CENTRAL_WAIT_MS, FRESH_WAIT_MS } from '../../src/router/inform'
import { ruleOn } from '../../src/state/central'
import { freshForMs } from '../../src/state/refresh'
import { STALE_MS } from '../../src/state/registry-view'
import type { Report } from '../../src/state/report'
import type { Decisions } from './decisions'
import { Once } from './once'
import type { Ask } from './policy'
import { routerMs, type SimulatedIsolate } from './simulated-isolate'
import type { Setting } from './simulation'
import type { Source, Syncing } from './syncing'
import type { TrackerLink } from './tracker-link'

/** An isolate that has heard nothing lately asks before it decides, and waits so long at most: as in `http/informed.ts`. */
const INFORMED_WAIT_MS = 100

export class Informing {
  readonly #setting: Setting
  readonly #link: TrackerLink
  readonly #syncing: Syncing
  readonly #decisions: Decisions
  readonly #source: Source

  constructor(setting: Setting, link: TrackerLink, syncing: Syncing, decisions: Decisions, source: Source) {
    this.#setting = setting
    this.#link = link
    this.#syncing = syncing
    this.#decisions = decisions
    this.#source = source
  }

  inform(ask: Ask, isolate: SimulatedIsolate, goOn: () => void): void {
    if (this.#syncing.isFresh || this.#nowMs - isolate.heardAtMs <= STALE_MS) {
      this.#hear(ask, isolate, goOn)
      return
    }
    const once = new Once(() => this.#hear(ask, isolate, goOn))
    this.#setting.clock.after(INFORMED_WAIT_MS, () => once.go())
    this.#syncing.call(isolate, () => once.go())
  }

  /** As `router/inform.ts` has it. */
  #hear(ask: Ask, isolate: SimulatedIsolate, goOn: () => void): void {
    const { load } = isolate.memory
    const isSpared = this.#source === 'central' && !load.mayAsk(this.#setting.random, this.#nowMs)
    if (this.#source === 'central' && !isSpared) this.#askTracker(ask, isolate, goOn)
    else if ((this.#source === 'fresh' || isSpared) && load.heardAgoMs(this.#nowMs) > freshForMs(isolate.schedule.intervalMs))
      this.#refresh(isolate, goOn)
    else goOn()
  }

  #askTracker(ask: Ask, isolate: SimulatedIsolate, goOn: () => void): void {
    const { clock, random } = this.#setting
    const { load } = isolate.memory
    const nowMs = this.#nowMs
    const once = new Once(goOn)
    clock.after(CENTRAL_WAIT_MS, () => {
      load.settleAsked(question)
      once.go()
    })
    const question = load.ask(nowMs)
    const seed = Math.floor(random() * 2 ** 32)
    const contest = this.#decisions.contest(ask, isolate, seed)
    const rule = (report: Report) => {
      if (contest === undefined) throw new Error('nobody to choose from')
      const inquiry = {
        question,
        promptTokens: ask.promptTokens,
        ids: idsIn(contest),
        sharedBy: (model: string) => sharedBy(contest, model),
      }
      return ruleOn(this.#link.trackerOf(isolate), report, inquiry, this.#nowMs, seen => rankContest(contest, seen))
    }
    this.#link.carry(isolate, rule, ({ snapshot, ...ruling }) => {
      isolate.schedule.told(nowMs, snapshot.intervalMs)
      load.accept(snapshot, nowMs)
      if (!once.isOver) {
        this.#decisions.hear(ask, ruling, seed)
        load.settleAsked(question, ruling.ranking[0])
      }
      once.go()
    })
  }

  #refresh(isolate: SimulatedIsolate, goOn: () => void): void {
    const once = new Once(() => {
      isolate.waiting.delete(once)
      goOn()
    })
    this.#setting.clock.after(FRESH_WAIT_MS, () => once.go())
    isolate.waiting.add(once)
    this.#syncing.call(isolate)
  }

  get #nowMs(): number {
    return routerMs(this.#setting.clock)
  }
}
