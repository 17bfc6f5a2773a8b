/**
 * Least expected time to first token, by what was learned of each model and by the load that the view shows.
 *
 * A candidate's level, ms, and its slope, ms per token of work sent there, are made in these steps:
 * 1. Reading: (base + slope × (own prompt + what counts of the tokens waiting)) × slow-down.
 * 2. Room: a model that writes as many answers as it can makes prompts wait for one of them to end (`state/concurrency.ts`). Until
 *    then this costs nothing, and from then on far more than reading does, so that the level bends there. In an old view the number in
 *    flight is off by chance, and some room is left; and what it tells of has partly ended (`aging.ts`).
 * 3. Crowding: a model at its maxInFlight is taken to need twice its idle time. Hosted models show next to no slope until they
 *    are overrun; without this they would be sent the whole fleet.
 * 4. Failures: `failure-cost.ts`.
 * 5. Cache: what of the prompt is likely to be cached need not be read (`affinity.ts`). A conversation goes where it is at home while that saves
 *    more than the queue there costs.
 *
 * The first is then drawn as `load-interpretation.ts` says, with work in prompt tokens, and one
 *    whose rate limit runs low is spared as `thinning.ts` says. Where a limit on requests ends, the level bends as
 *    well (`quota.ts`).
 *
 * A model that nothing is known of is taken to be as quick as the best known one when idle, so that it is tried, and to carry as much more or less as its weight
 * says, which keeps it from being tried by everyone. If nothing is known of any, the weights decide.
 */
import type { Bend } from '../algorithm/water-fill'
import { roomFor } from '../state/concurrency'
import { affinitiesOf } from './affinity'
import { remaining, remainingShare } from './aging'
import { type Expectation, withFailures } from './failure-cost'
import { firstTokenMs } from './first-token'
import { rankByShares } from './least-connections'
import { type Level, rankByLevel, unseenRequests } from './load-interpretation'
import { byConfiguration } from './order'
import { lineFor, type Prior, priorOf, roomOf } from './prior'
import { limitOf } from './quota'
import type { Candidate, Ranked, Situation, Strategy } from './strategy'
import { sparedAmong, sparedLast } from './thinning'

/** A line learned through 0 would have no crowding; and nobody answers faster than a clock in whole ms can tell. */
const MIN_IDLE_MS = 1
/** Standard deviations that stay free: to run out of room costs far more than to leave a little. */
const CAUTION = 2
/**
 * A server that reads one prompt after the other, seen through views that are somewhat old, shows about so much of its queue. Large APIs read side by side and show next to
 * none: there, what others may have sent since costs nothing, and whoever thought so would spread requests over models that are slower.
 */
const QUEUEING = 0.3
/**
 * What is read again takes the time of everyone behind as well, and more is read there in the next turns. In simulation 4 keeps more caches than 2.5 at the same times; 7 keeps
 * still more, and costs some where a model slows down.
 */
const STAY = 4

/** Score: expected time to first token, ms; in flight / weight while nothing is known of any candidate. */
export const adaptive: Strategy = {
  name: 'adaptive',
  prepare(models) {
    const inOrder = byConfiguration(models)
    return (candidates, situation) => {
      const ordered = inOrder(candidates)
      const levels = levelsOf(ordered, situation)
      const { view, features, random } = situation
      const spared = sparedAmong(ordered, view?.ageMs ?? 0, random, features.promptTokens / meanTokensOf(view, features))
      return levels === undefined
        ? sparedLast(rankUnknown(ordered, situation), spared)
        : rankByLevel(levels, unseenTokens(ordered, situation), situation.random, spared)
    }
  },
}

/** Where each stands: expected ms to the first token, and how tokens of work raise it. Undefined while nothing is known of any. */
export function levelsOf(candidates: readonly Candidate[], situation: Situation): readonly Level[] | undefined {
  const own = situation.features.promptTokens
  const prior = priorOf(candidates, own)
  if (prior === undefined) return undefined
  const hidden: Hidden = {
    meanTokens: meanTokensOf(situation.view, situation.features),
    share: unseenShare(candidates, situation.view),
    ageMs: situation.view?.ageMs ?? 0,
    isEndless: situation.view === undefined,
  }
  const affinities = affinitiesOf(candidates, situation)
  const expected = withFailures(
    candidates.map((candidate, index) => {
      const ownTokens = own - (affinities?.[index]?.cachedTokens ?? 0)
      return expectationOf(candidate, prior, ownTokens, hidden)
    }),
  )
  return candidates.flatMap(({ model, load }, index) => {
    const figures = expected[index]
    if (figures === undefined) return []
    const { levelMs, slopeMsPerToken, bend } = figures
    const affinity = affinities?.[index]
    const readMsPerToken = (load.firstToken ?? lineFor(model, prior)).slopeMsPerToken * load.slowdown
    return {
      model,
      level: levelMs,
      slope: slopeMsPerToken,
      bend,
      ...(affinity !== undefined && { affinity: { ...affinity, gain: STAY * affinity.gainTokens * readMsPerToken } }),
    }
  })
}

/** Failures are the one thing that may be known: a model gets its weight's share of what it does not fail. */
function rankUnknown(candidates: readonly Candidate[], situation: Situation): readonly Ranked[] {
  return rankByShares(candidates, situation, ({ model, load }) => model.weight * (1 - load.failureRate))
}

/** What the view does not show. */
interface Hidden {
  readonly meanTokens: number
  /** Arrivals per request in flight. */
  readonly share: number
  /** Since so long. */
  readonly ageMs: number
  /** There is no view. */
  readonly isEndless: boolean
}

function expectationOf({ model, load }: Candidate, prior: Prior, ownTokens: number, hidden: Hidden): Expectation {
  const { meanTokens, share, ageMs, isEndless } = hidden
  const line = load.firstToken ?? lineFor(model, prior)
  const { concurrency, answerMs } = load.concurrency === undefined ? roomOf(model, prior) : load
  // What failed takes up no room, and its cost is counted as such
  const counted = Math.max(0, load.inFlight - (load.recentFailures ?? 0))
  const told = Math.min(counted, load.told ?? 0)
  const inFlight = counted - told + remaining(told, concurrency, answerMs, ageMs)
  const idleMs = Math.max(MIN_IDLE_MS, line.baseMs + line.slopeMsPerToken * meanTokens)
  // What one more request in flight adds: at maxInFlight it has added the idle time once more
  const crowdMs = idleMs / Math.max(1, model.maxInFlight)
  // As many end unseen as begin, both by chance
  const deviation = CAUTION * Math.sqrt(2 * share * counted)
  const room = roomFor(concurrency, answerMs, inFlight, deviation)
  const othersMsPerToken = line.slopeMsPerToken * Math.min(1, (line.ahead ?? 1) / QUEUEING)
  const slopeMsPerToken = (othersMsPerToken + crowdMs / meanTokens) * load.slowdown
  const readMs = line.slopeMsPerToken * (line.ahead ?? 1) * load.waitingTokens * load.slowdown
  const queueMs = Math.max(0, room.waitMs - readMs)
  return {
    timeMs: firstTokenMs(line, load, ownTokens) + crowdMs * inFlight * load.slowdown + queueMs,
    idleMs: (line.baseMs + line.slopeMsPerToken * ownTokens) * load.slowdown,
    slopeMsPerToken,
    bend: nearer(
      { after: (room.requests * meanTokens) / remainingShare(answerMs, ageMs), slope: room.turnMs / meanTokens },
      // Endless work goes beyond the end of any limit, however far that is, and nearly all of it to whoever tells of none
      isEndless ? undefined : limitOf(load, meanTokens),
      slopeMsPerToken,
    ),
    failureRate: load.failureRate,
  }
}

/** A vessel has one bend: the one that comes first. From there on it rises no more slowly than before. */
function nearer(room: Bend, limit: Bend | undefined, slope: number): Bend {
  const { after, slope: steeper } = limit !== undefined && limit.after < room.after ? limit : room
  return { after, slope: Math.max(slope, steeper) }
}

/** Work that the view does not show, in prompt tokens. Without a view nothing counts but what each model can carry. */
export function unseenTokens(candidates: readonly Candidate[], { view, features }: Situation): number {
  return view === undefined ? Number.POSITIVE_INFINITY : unseenRequests(candidates, view) * meanTokensOf(view, features)
}

/** Where nothing came lately, and so 0 is told, this request is all there is. */
const meanTokensOf = (view: Situation['view'], { promptTokens }: Situation['features']): number =>
  Math.max(1, view?.meanPromptTokens || promptTokens)

/** Arrivals that the view does not show, per request in flight; no more than all of them can have changed. */
function unseenShare(candidates: readonly Candidate[], view: Situation['view']): number {
  if (view === undefined) return 1
  const inFlight = candidates.reduce((total, { load }) => total + load.inFlight, 0)
  return Math.min(1, unseenRequests(candidates, view) / Math.max(1, inFlight))
}
