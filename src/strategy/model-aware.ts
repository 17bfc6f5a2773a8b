/**
 * The model that suits the request's priority best: accuracy, creativity and ethics from its profile, speed from the live load,
 * cost from its price, each brought to 0..1 and summed by weight. The priority weighs 0.7 and the other four share the rest
 * evenly, so that they decide between models that are about equal in it; with no priority all five weigh the same.
 *
 * With `explore`, qualities are drawn from what is believed of them instead of taken at their mean (Thompson, Biometrika 1933): a model of which little is
 * known is tried as often as it may turn out to be the best. That alone may give up on a model for good, so each also keeps a least share.
 */
import { drawBeta } from '../algorithm/beta'
import { PRIORITIES, type Price, type Priority, type Quality } from '../model'
import { firstTokenMs } from './first-token'
import { compareIds } from './order'
import type { Candidate, Ranked, Strategy } from './strategy'

/** Enough that a clear lead in the priority cannot be outvoted by all the others' leads of usual size. */
const PRIORITY_WEIGHT = 0.7
/** What a model gets for a speed or price that nobody knows: neither a reason for it nor against it. */
const NEUTRAL = 0.5
/** The answer that speed and cost are reckoned for: a few paragraphs, the middle of chat traffic. */
const TYPICAL_ANSWER_TOKENS = 200
/** Prices span decades, so cost is judged by ratio: the cheapest gets 1, one that costs a hundred times as much 0. */
const COST_DECADES = 2
/** US dollars per million tokens below which a model counts as free; the logarithm of 0 would make all others infinitely dear. */
const FREE_BELOW = 0.01

/** Score: the weighted sum, 0..1. Ties go to the greater weight, then by id. */
export const modelAware: Strategy = {
  name: 'model-aware',
  prepare(_models, options) {
    const { explore } = options
    return (candidates, situation) => {
      const weights = weightsFor(situation.priority ?? options.priority)
      const { promptTokens } = situation.features
      const fastestMs = least(candidates.map(candidate => answerMs(candidate, promptTokens)))
      const cheapest = least(candidates.map(({ model }) => blendedPrice(model.price, promptTokens)))
      const { random } = situation
      const ranked = candidates
        .map(candidate => {
          const { model, quality } = candidate
          const figureOf = (name: Quality) => (explore === undefined ? quality[name].mean : drawBeta(quality[name], random))
          const qualities: Readonly<Record<Priority, number>> = {
            accuracy: figureOf('accuracy'),
            creativity: figureOf('creativity'),
            ethics: figureOf('ethics'),
            speed: speedScore(answerMs(candidate, promptTokens), fastestMs),
            cost: costScore(blendedPrice(model.price, promptTokens), cheapest),
          }
          return { model, score: PRIORITIES.reduce((sum, quality) => sum + weights[quality] * qualities[quality], 0) }
        })
        .sort((a, b) => b.score - a.score || b.model.weight - a.model.weight || compareIds(a.model, b.model))
      return explore !== undefined && random() < explore.minShare * ranked.length ? withAnyoneFirst(ranked, random) : ranked
    }
  },
}

function withAnyoneFirst(ranked: readonly Ranked[], random: () => number): readonly Ranked[] {
  const first = ranked[Math.floor(random() * ranked.length)]
  return first === undefined ? ranked : [first, ...ranked.filter(other => other !== first)]
}

function weightsFor(priority: Priority | undefined): Readonly<Record<Priority, number>> {
  const others = priority === undefined ? 1 / PRIORITIES.length : (1 - PRIORITY_WEIGHT) / (PRIORITIES.length - 1)
  const even = { accuracy: others, speed: others, creativity: others, ethics: others, cost: others }
  return priority === undefined ? even : { ...even, [priority]: PRIORITY_WEIGHT }
}

/** Time to the end of a typical answer; undefined unless both of its parts are known. */
function answerMs({ load }: Candidate, promptTokens: number): number | undefined {
  if (load.firstToken === undefined || load.perTokenMs === undefined) return undefined
  return firstTokenMs(load.firstToken, load, promptTokens) + TYPICAL_ANSWER_TOKENS * load.perTokenMs
}

/** US dollars per million tokens of this prompt and a typical answer together. */
function blendedPrice(price: Price | undefined, promptTokens: number): number | undefined {
  if (price === undefined) return undefined
  const dollars = price.input * promptTokens + price.output * TYPICAL_ANSWER_TOKENS
  return Math.max(FREE_BELOW, dollars / (promptTokens + TYPICAL_ANSWER_TOKENS))
}

/** 1 for the fastest, 0.5 for one that takes twice as long. */
function speedScore(ms: number | undefined, fastestMs: number): number {
  if (ms === undefined) return NEUTRAL
  return ms <= fastestMs ? 1 : fastestMs / ms
}

function costScore(price: number | undefined, cheapest: number): number {
  if (price === undefined) return NEUTRAL
  return price <= cheapest ? 1 : Math.max(0, 1 - Math.log10(price / cheapest) / COST_DECADES)
}

function least(figures: readonly (number | undefined)[]): number {
  return Math.min(...figures.filter(figure => figure !== undefined))
}
