/**
 * Whom to ask when an answer has to be complete by a deadline. Each candidate has a chance to make it: the time to its first token (as `adaptive` expects it,
 * log-normal around that) and its live time per token for every length that the answer may have, up to the limit that the client set.
 *
 * Those about as likely as the best are equally good, and the cheapest of them comes first. In an old view everybody would take that one, so the first is
 * drawn: the work that the view does not show is dealt out in thought, portion by portion, to whomever a request would choose by then.
 *
 * A route's own order stands above the price: only where a candidate is more likely to be late than not do later ones come before it.
 */
import { chanceWithin, type LogNormal, ninths } from '../algorithm/log-normal'
import { weightedChoice } from '../algorithm/sampling'
import type { Price } from '../model'
import { levelsOf } from './adaptive'
import { type Level, unseenRequests } from './load-interpretation'
import type { Candidate, Ranked, Situation } from './strategy'
import { sparedAmong, sparedLast } from './thinning'

/** Chances that differ by less are alike: no estimate is better than that, and price decides. In simulation half of it misses as many, twice of it a few more. */
const ALIKE = 0.05
/** Less, and it is expected to be late. */
const EVEN = 0.5
/** Of a time to first token, while too few were seen: that 5 % take twice as long as predicted is usual. */
const USUAL_P95_RATIO = 2
/** The normal distribution's 95th percentile. */
const Z95 = 1.645
/** So finely is unseen work dealt out. */
const PORTIONS = 16
/** So much of what a model can do is counted on while nobody looks: with more, chance alone makes queues. */
const SERVED = 0.8

/** A candidate under the deadline. */
interface Prospect {
  readonly ranked: Ranked
  readonly level: Level
  /** Of being in time, 0..1, with so many prompt tokens of work more ahead. */
  readonly chance: (work: number) => number
  readonly dollars: number
}

/**
 * `tiers`: what was ranked, each to be asked before the next. `byPrice` false: the order within them is the client's own. Score: the chance to be in time;
 * unchanged where too little is known of all of them to say.
 */
export function withinDeadline(
  tiers: readonly (readonly Ranked[])[],
  candidates: readonly Candidate[],
  situation: Situation,
  { deadlineMs, byPrice }: { readonly deadlineMs: number; readonly byPrice: boolean },
): readonly Ranked[] {
  const prospects = prospectsOf(candidates, situation, deadlineMs)
  if (prospects === undefined) return tiers.flat()
  const order = tiers.map(tier => tier.flatMap(({ model }) => prospects.get(model.id) ?? []))
  const isEarly = ({ ranked }: Prospect) => ranked.score >= EVEN
  const early = order.map(tier => tier.filter(isEarly))
  const late = order.flat().filter(prospect => !isEarly(prospect))
  const unseen =
    unseenRequests(candidates, situation.view) * Math.max(1, situation.view?.meanPromptTokens ?? situation.features.promptTokens)
  const rankedOf = (order: readonly Prospect[]) => order.map(({ ranked }) => ranked)
  return [
    ...early.flatMap(tier => {
      if (!byPrice) return rankedOf(tier)
      const cheapest = rankedOf(cheapestFirst(tier, unseen, situation.random))
      return sparedLast(cheapest, sparedAmong(candidates, situation.view?.ageMs ?? 0, situation.random))
    }),
    ...rankedOf(late.sort((a, b) => b.ranked.score - a.ranked.score || a.level.level - b.level.level)),
  ]
}

/** `unseen`: work that the view does not show, in prompt tokens. */
function cheapestFirst(tier: readonly Prospect[], unseen: number, random: () => number): readonly Prospect[] {
  if (tier.length <= 1) return tier
  const dealt = deal(tier, unseen)
  const first = tier[weightedChoice(dealt, random) ?? -1]
  const rest = tier.filter(prospect => prospect !== first)
  const order: Prospect[] = first === undefined ? [] : [first]
  while (rest.length > 0) {
    const next = rest.indexOf(preferred(rest, ({ ranked }) => ranked.score))
    order.push(...rest.splice(next, 1))
  }
  return order
}

/**
 * How many portions of the unseen work each takes, if each portion goes where a request would that comes then; one more portion is this request itself. So
 * nobody is sent what everybody who shares the view sends there as well.
 */
function deal(tier: readonly Prospect[], unseen: number): readonly number[] {
  const portion = unseen / PORTIONS
  const taken = new Map(tier.map(prospect => [prospect, { portions: 0, chance: prospect.ranked.score }]))
  for (let dealt = 0; dealt < (unseen > 0 ? PORTIONS : 1); dealt++) {
    const best = preferred(tier, prospect => taken.get(prospect)?.chance ?? 0)
    const portions = (taken.get(best)?.portions ?? 0) + 1
    taken.set(best, { portions, chance: best.chance(portions * portion) })
  }
  return tier.map(prospect => taken.get(prospect)?.portions ?? 0)
}

/** The cheapest of those about as likely as the likeliest. */
function preferred(tier: readonly Prospect[], chanceOf: (prospect: Prospect) => number): Prospect {
  const least = Math.max(...tier.map(chanceOf)) - ALIKE
  return tier.filter(prospect => chanceOf(prospect) >= least).reduce((best, each) => (each.dollars < best.dollars ? each : best))
}

/** By model id. Undefined while too little is known of all of them. */
function prospectsOf(
  candidates: readonly Candidate[],
  situation: Situation,
  deadlineMs: number,
): ReadonlyMap<string, Prospect> | undefined {
  const levels = levelsOf(candidates, situation)
  const pace = lowest(candidates.map(({ load }) => load.perTokenMs))
  if (levels === undefined || pace === undefined) return undefined
  const length = candidates.find(({ load }) => load.answerTokens !== undefined)?.load.answerTokens
  const servedMs = SERVED * (situation.view?.ageMs ?? 0)
  const { promptTokens, maxOutputTokens = Number.POSITIVE_INFINITY } = situation.features
  const prospects = new Map<string, Prospect>()
  for (const [index, { model, load }] of candidates.entries()) {
    const level = levels[index]
    if (level === undefined) continue
    // Like the best one known, so that it is tried
    const perTokenMs = load.perTokenMs ?? pace
    const tokens = lengthsOf(load.answerTokens ?? length, maxOutputTokens)
    const spread = Math.log(Math.max(1, load.p95Ratio ?? USUAL_P95_RATIO)) / Z95
    const chance = (work: number) => {
      // What came since the view has been worked off since
      const first = { median: Math.max(1, level.level + Math.max(0, raisedMs(level, work) - servedMs)), spread }
      return mean(tokens.map(count => chanceWithin(first, deadlineMs - count * perTokenMs)))
    }
    const { relation, isExpected } = level.affinity ?? {}
    const ranked = { model, score: chance(0), ...(relation !== undefined && { relation, isExpected }) }
    prospects.set(model.id, { ranked, level, chance, dollars: dollarsOf(model.price, promptTokens, mean(tokens)) })
  }
  return prospects
}

/** Where nothing is known of lengths the client's limit is all there is to go by; without one, that the first token is in time. */
function lengthsOf(length: LogNormal | undefined, most: number): readonly number[] {
  if (length === undefined) return [Number.isFinite(most) ? most : 0]
  return ninths(length).map(tokens => Math.min(tokens, most))
}

function raisedMs({ slope, bend }: Level, work: number): number {
  if (bend === undefined || work <= bend.after) return slope * work
  return slope * bend.after + bend.slope * (work - bend.after)
}

/** A price that nobody knows is the highest: it must not be taken for none. */
function dollarsOf(price: Price | undefined, promptTokens: number, outputTokens: number): number {
  return price === undefined ? Number.POSITIVE_INFINITY : (price.input * promptTokens + price.output * outputTokens) / 1e6
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)

function lowest(figures: readonly (number | undefined)[]): number | undefined {
  const known = figures.filter(figure => figure !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
