/**
 * What the fleet has learned of one model, from what isolates tell of their requests, and how that reads. It is what outlives them all: leases come back with the
 * next reports, experience does not. Plain data, never changed in place.
 */
import { type Ewma, observe } from '../algorithm/ewma'
import { type AnswerLength, NO_ANSWERS, NO_LENGTHS, observeLengths, readLengths } from './answer-length'
import { type AnswerTime, observeWriting, readAnswerMs } from './answer-time'
import { type CachedState, observeCached, readCached } from './cached-share'
import { type Concurrency, isNearlyFull, NO_CONCURRENCY, observeStart, readConcurrency, roomFor } from './concurrency'
import {
  cool,
  failureRate,
  HEALTHY,
  type Health,
  isEjected,
  leftOutMs,
  observeResults,
  recentFailures,
  toldOut,
} from './ejection'
import { newest, type RememberedHeadroom, recall, remember } from './headroom'
import {
  explainedMs,
  type Latency,
  NO_LATENCY,
  observeCensored,
  observeFirstToken,
  observePerToken,
  readLatency,
} from './latency'
import type { Learned, ModelSnapshot, Waiting } from './report'

export interface Experience {
  readonly latency: Latency
  readonly concurrency?: Concurrency | undefined
  readonly answerTime?: AnswerTime | undefined
  readonly lengths?: AnswerLength | undefined
  readonly cached?: CachedState | undefined
  readonly health: Health
  readonly headroom?: RememberedHeadroom | undefined
  /** Its share, on average. */
  readonly usualHeadroom?: Ewma | undefined
  /** When a first token was last heard of. */
  readonly answeredAtMs?: number | undefined
  /** When a request was last heard of that ended well; of an account or a place: when it was last let back in. */
  readonly succeededAtMs?: number | undefined
  /** When it was last left out, or for longer than before. */
  readonly outAtMs?: number | undefined
  readonly seenAtMs: number
}

export const NO_EXPERIENCE: Experience = Object.freeze({ latency: NO_LATENCY, health: HEALTHY, seenAtMs: 0 })

/** Reports come at least so often while there is something to tell, twice over. */
const ALIVE_MS = 10_000
const HEADROOM_HALF_LIFE_MS = 30_000

/** What the model has to do, over the fleet: answers that it writes, prompt tokens that wait. */
export interface Burden {
  readonly inFlight: number
  readonly writing: number
  readonly waitingTokens: number
}

export function learn(before: Experience, learned: Learned, burden: Burden, nowMs: number): Experience {
  const { latency, concurrency } = learnTimes(before, learned, burden, nowMs)
  const answeredAtMs = learned.firstTokens.length > 0 ? nowMs : (before.answeredAtMs ?? 0)
  const healed = learned.healed ? HEALTHY : before.health
  // Whoever still answers is busy and not broken, however long it makes wait: to leave it out would only drown the others, one after the other. And who waited
  // in vain for one that is left out was sent there before: it says nothing of the probe, whose time runs by itself
  const saysNothing = nowMs - answeredAtMs <= ALIVE_MS || isEjected(healed)
  const failed = learned.failed - (saysNothing ? (learned.outwaited ?? 0) : 0)
  // A first token is answer enough to let a model back in: its last one may be a minute away
  const succeeded = learned.succeeded + (isEjected(healed) && learned.firstTokens.length > 0 ? 1 : 0)
  const health = cool(observeResults(healed, succeeded, failed, nowMs), learned.coolMs, nowMs)
  const { headroom } = learned
  return {
    latency,
    concurrency,
    answerTime: learnWriting(before.answerTime, learned, nowMs),
    lengths: observeLengths(before.lengths ?? NO_ANSWERS, learned.lengths ?? NO_LENGTHS, nowMs),
    cached: observeCached(before.cached, learned.cached, nowMs),
    health,
    headroom: headroom === null ? before.headroom : newest(before.headroom, remember(headroom, nowMs)),
    usualHeadroom:
      headroom === null ? before.usualHeadroom : observe(before.usualHeadroom, headroom.share, nowMs, HEADROOM_HALF_LIFE_MS),
    answeredAtMs,
    succeededAtMs: learned.succeeded > 0 || learned.healed ? nowMs : before.succeededAtMs,
    outAtMs: health.ejectedUntilMs > before.health.ejectedUntilMs ? nowMs : before.outAtMs,
    seenAtMs: nowMs,
  }
}

/** The two are learned together: whether a late first token was waiting for room decides which of them it tells of. */
function learnTimes(
  before: Experience,
  learned: Learned,
  { inFlight, writing, waitingTokens }: Burden,
  nowMs: number,
): { readonly latency: Latency; readonly concurrency: Concurrency } {
  let latency = before.latency
  let concurrency = before.concurrency ?? NO_CONCURRENCY
  for (let at = 0; at + 1 < learned.firstTokens.length; at += 2) {
    const tokensAhead = learned.firstTokens[at] ?? 0
    const ms = learned.firstTokens[at + 1] ?? 0
    const ownTokens = learned.prompts?.[at / 2] ?? tokensAhead
    const crowd = { waitingTokens, roomMs: 0, isFull: isNearlyFull(concurrency, writing) }
    // Late although all that waits now had been ahead: then it was not the reading that took so long
    const late = ms / explainedMs(latency, tokensAhead, nowMs, { ownTokens, crowd })
    concurrency = observeStart(concurrency, late, writing)
    const { waitMs } = roomFor(readConcurrency(concurrency), readAnswerMs(before.answerTime), inFlight)
    latency = observeFirstToken(latency, tokensAhead, ms, nowMs, { ownTokens, crowd: { ...crowd, roomMs: waitMs } })
  }
  for (let at = 0; at + 1 < learned.censored.length; at += 2)
    latency = observeCensored(latency, learned.censored[at] ?? 0, learned.censored[at + 1] ?? 0, nowMs)
  if (learned.perTokenCount > 0) latency = observePerToken(latency, learned.perTokenMs / learned.perTokenCount, nowMs)
  return { latency, concurrency }
}

/** A report of an earlier version does not say how long. */
function learnWriting(
  before: AnswerTime | undefined,
  { writtenMs, written = 0 }: Learned,
  nowMs: number,
): AnswerTime | undefined {
  return writtenMs === undefined ? before : observeWriting(before, writtenMs, written, nowMs)
}

/** As others are told. `waiting`: those that wait for their first token now are the latest news of a slow-down. */
export function readExperience(
  {
    latency,
    concurrency = NO_CONCURRENCY,
    answerTime,
    lengths = NO_ANSWERS,
    cached,
    health,
    headroom,
    usualHeadroom,
  }: Experience,
  [, overdue, timesExpected]: Waiting,
  nowMs: number,
): Omit<ModelSnapshot, 'inFlight' | 'waitingTokens'> {
  return {
    ...readLatency(latency, nowMs, { overdue, timesExpected }),
    concurrency: readConcurrency(concurrency) ?? null,
    answerMs: readAnswerMs(answerTime) ?? null,
    answerTokens: readLengths(lengths, nowMs) ?? null,
    cached: readCached(cached, nowMs),
    failureRate: failureRate(health, nowMs),
    recentFailures: recentFailures(health, nowMs),
    headroom: recall(headroom, nowMs),
    usualHeadroom: usualHeadroom?.value ?? null,
    ...toldOut(leftOutMs(health, nowMs)),
  }
}
