/** What comes, as a seeded sequence without end: who asks for what, what the upstream does about it, and how long the client stays. */
import type { Random } from '../../src/algorithm/sampling'
import {
  type AnswerOptions,
  answer,
  cut,
  emptyBody,
  eof,
  errorEvent,
  html,
  huge,
  invalidEvent,
  invalidJson,
  noEndMarker,
  type Plan,
  pings,
  refusal,
  reset,
  resetMidBody,
  silence,
  slow,
  stall,
  status,
} from '../support/plan'
import type { Received } from '../support/upstream'

export interface Visit {
  readonly index: number
  /** Since the one before. */
  readonly pauseMs: number
  readonly worker: 0 | 1
  /** A model, pool or route. */
  readonly name: string
  readonly stream: boolean
  /** What the first upstream that is asked does, and what all others do. */
  readonly plans: readonly [first: Plan, others: Plan]
  /** A FIN of a client that stays to listen, one of a client that is gone, a reset; or it reads to the end. */
  readonly client: { readonly kind: 'reads' } | { readonly kind: 'finish' | 'leave' | 'reset'; readonly afterMs: number }
  /** The answer, if there is one. */
  readonly text: string
}

/** At a time. Beyond it the sequence waits, and the figures say so. */
export const MAX_LIVE = 250
export const MODELS = ['gpt-a', 'gpt-b', 'claude-a', 'claude-b', 'gemini-a', 'gemini-b'] as const
const NAMES = ['all', 'all', 'all', ...MODELS]

/** Between two visits, on average: what two cores carry beside the load that asks for it. */
const MEAN_PAUSE_MS = 16
const BURST = 40
const BURST_SHARE = 1 / 250
const FAULT_SHARE = 0.2
/** When the first upstream has failed. */
const SECOND_FAULT_SHARE = 0.3
const LEAVE_SHARE = 0.25
/** Long enough to leave before the headers, before the first token and in the middle. */
const LEAVE_WITHIN_MS = 400

const running = new Map<number, { readonly visit: Visit; asked: number }>()

export function* visits(random: Random): Generator<Visit> {
  let burst = 0
  for (let index = 1; ; index += 1) {
    burst = burst > 0 ? burst - 1 : random() < BURST_SHARE ? BURST : 0
    const text = `This is the answer to visit ${index}, ${'word by word, '.repeat(1 + Math.floor(random() * 8))}and its end.`
    const pace: AnswerOptions = {
      text,
      firstMs: Math.floor(random() * 60),
      gapMs: Math.floor(random() * 12),
      ...(random() < 0.1 && { writes: 'whole' }),
    }
    const stream = random() < 0.7
    const plan = (share: number) => (random() < share ? fault(random, pace, stream) : answer(pace))
    const visit: Visit = {
      index,
      pauseMs: burst > 0 ? 0 : Math.round(-Math.log(1 - random()) * MEAN_PAUSE_MS),
      worker: random() < 0.5 ? 0 : 1,
      name: pick(random, NAMES),
      stream,
      plans: [plan(FAULT_SHARE), plan(SECOND_FAULT_SHARE)],
      client: clientOf(random),
      text,
    }
    running.set(index, { visit, asked: 0 })
    yield visit
  }
}

/** Its client has what it came for. */
export const forget = ({ index }: Visit): boolean => running.delete(index)

/** By the number in the prompt. */
export const visitOf = ({ text }: Received): number => Number(/This is visit (\d+)\b/.exec(text)?.[1])

export function answerTo(index: number): Plan {
  const entry = running.get(index)
  // Its client has left before the router asked
  if (entry === undefined) return answer()
  entry.asked += 1
  return entry.asked === 1 ? entry.visit.plans[0] : entry.visit.plans[1]
}

function clientOf(random: Random): Visit['client'] {
  if (random() >= LEAVE_SHARE) return { kind: 'reads' }
  return { kind: pick(random, ['finish', 'leave', 'reset'] as const), afterMs: Math.floor(random() * LEAVE_WITHIN_MS) }
}

/** Faults that pass by themselves; those that put a model aside for minutes would leave nobody to ask. */
function fault(random: Random, pace: AnswerOptions, stream: boolean): Plan {
  const after = 1 + Math.floor(random() * 4)
  const anyForm: readonly (() => Plan)[] = [
    () => status(500),
    () => status(503),
    () => status(400),
    () => refusal('overloaded'),
    () => refusal('rate-limited', { retryAfterSeconds: 1 }),
    () => reset(Math.floor(random() * 30)),
    () => silence(),
    () => html(),
    () => slow(30_000, pace),
    () => cut('opening', pace),
    () => resetMidBody('opening', pace),
    () => stall('opening', pace),
    () => errorEvent('start', pace),
    () => huge(2_000_000, stream ? 'text/event-stream' : 'application/json'),
  ]
  const streams: readonly (() => Plan)[] = [
    () => cut(after, pace),
    () => resetMidBody(after, pace),
    () => eof(after, pace),
    () => stall(after, pace),
    () => errorEvent(after, pace),
    () => errorEvent('opening', pace),
    () => noEndMarker(pace),
    () => pings(20),
    () => invalidEvent(),
    () => emptyBody('text/event-stream'),
  ]
  const documents: readonly (() => Plan)[] = [() => invalidJson(), () => emptyBody(), () => eof('opening', pace)]
  return pick(random, [...anyForm, ...(stream ? streams : documents)])()
}

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new Error('nothing to pick from')
  return item
}
