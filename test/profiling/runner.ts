/**
 * Works through a list of calls, several at a time: asks, waits and asks again where it helps, keeps to the budget, and writes down every answer. Errors are
 * counted apart; a question without an answer is no wrong answer.
 */
import { type Address, type Answer, ask, learned, NO_QUIRKS, type Outcome, type Quirks } from './ask'
import { type Call, usdOf, WIDER, worstUsd } from './call'
import type { Journal } from './journal'
import type { Ledger } from './ledger'
import type { World } from './world'

export interface Tally {
  /** Questions that stayed without an answer. */
  readonly failed: number
  readonly retried: number
  /** The last failure. */
  readonly why: string | undefined
  /** So many failures in a row that the model is not asked any more. */
  readonly isGivenUp: boolean
}

export type Ending = 'done' | 'budget' | 'stopped'

export interface Runner {
  /** By model. */
  readonly tallies: ReadonlyMap<string, Tally>
  run(calls: readonly Call[], onProgress: (done: number) => void): Promise<Ending>
}

const MAX_TRIES = 5
const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 60_000
/** Questions that failed one after another, each with all its tries. */
const HOPELESS = 3

const NOTHING: Tally = { failed: 0, retried: 0, why: undefined, isGivenUp: false }

export function createRunner(address: Address, concurrency: number, ledger: Ledger, journal: Journal, world: World): Runner {
  const tallies = new Map<string, Tally>()
  const quirks = new Map<string, Quirks>()
  const inARow = new Map<string, number>()

  const tallyOf = ({ target }: Call): Tally => tallies.get(target.id) ?? NOTHING
  const note = (call: Call, change: Partial<Tally>): void => {
    tallies.set(call.target.id, { ...tallyOf(call), ...change })
  }

  /** One try, its cost held before and booked after. An answer is written down if it is one. */
  async function paid(call: Call, isAnswered: (answer: Answer) => boolean): Promise<Outcome | 'budget'> {
    const worst = worstUsd(call)
    if (!(await ledger.hold(worst))) return 'budget'
    const outcome = await ask(call, address, quirks.get(call.target.id) ?? NO_QUIRKS, world)
    const usage = outcome.kind === 'answer' ? outcome.answer : outcome.usage
    const usd = usdOf(call.target, usage.inputTokens, usage.outputTokens)
    ledger.settle(worst, usd)
    if (outcome.kind === 'answer' && isAnswered(outcome.answer)) await journal.record(call, outcome.answer, usd)
    else if (usd > 0) await journal.lose(call, usd)
    return outcome
  }

  /** True when the question is dealt with. */
  async function settled(call: Call): Promise<Ending | true> {
    let current = call
    // Reasoning that left no room for an answer is paid for, and is none; with more room it is what it is
    const isAnswered = (answer: Answer): boolean => current !== call || !isCrowdedOut(answer)
    for (let tries = 1; ; tries++) {
      const outcome = await paid(current, isAnswered)
      if (outcome === 'budget') return 'budget'
      if (outcome.kind === 'stopped') return 'stopped'
      if (outcome.kind === 'answer') {
        if (!isAnswered(outcome.answer)) {
          current = { ...call, maxTokens: call.maxTokens * WIDER }
          continue
        }
        inARow.set(call.target.id, 0)
        return true
      }
      const known = quirks.get(call.target.id) ?? NO_QUIRKS
      const news = learned(known, outcome)
      if (news !== undefined) {
        quirks.set(call.target.id, news)
        continue
      }
      if (!outcome.passes || tries >= MAX_TRIES || outcome.retryAfterMs > LONGEST_WAIT_MS) return givenUp(call, outcome.why)
      note(call, { retried: tallyOf(call).retried + 1 })
      const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (tries - 1) * (0.5 + world.random()))
      try {
        await world.sleep(Math.max(outcome.retryAfterMs, waitMs), world.signal)
      } catch (error) {
        if (world.signal.aborted) return 'stopped'
        throw error
      }
    }
  }

  function givenUp(call: Call, why: string): true {
    const row = (inARow.get(call.target.id) ?? 0) + 1
    inARow.set(call.target.id, row)
    note(call, { failed: tallyOf(call).failed + 1, why, isGivenUp: row >= HOPELESS })
    return true
  }

  async function run(calls: readonly Call[], onProgress: (done: number) => void): Promise<Ending> {
    const open = calls.filter(({ key }) => !journal.answers.has(key))
    let done = calls.length - open.length
    let ending: Ending = 'done'
    let next = 0
    onProgress(done)
    const lane = async (): Promise<void> => {
      while (ending === 'done') {
        const call = open[next++]
        if (call === undefined) return
        if (world.signal.aborted) {
          ending = 'stopped'
          return
        }
        if (tallyOf(call).isGivenUp) {
          note(call, { failed: tallyOf(call).failed + 1 })
        } else {
          const result = await settled(call)
          if (result !== true) {
            ending = result
            return
          }
        }
        done += 1
        onProgress(done)
      }
    }
    await Promise.all(Array.from({ length: concurrency }, lane))
    return ending
  }

  return { tallies, run }
}

const isCrowdedOut = ({ isCut, text }: Answer): boolean => isCut && text.trim() === ''
