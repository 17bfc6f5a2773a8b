/** A profile from the figures that somebody wrote down or measured: what each is worth as evidence, before any feedback. */
import { type Belief, updated } from '../algorithm/beta'
import { type Profile, QUALITIES, type Qualities, type Quality } from '../model'

/** A guess, or what was measured on so many answers. */
export type Figure = number | { readonly value: number; readonly evidence: number }

type Figures = { readonly [Q in Quality]?: Figure | undefined }

export interface Figured extends Figures {
  readonly topics?: Readonly<Record<string, Figures | undefined>> | undefined
}

/** The middle of 0..1: nothing is known. */
const UNKNOWN = 0.5
/** A figure that somebody wrote down is worth as much as so many observed answers, and so is moved by feedback at that pace. */
const GUESS_WORTH = 10
/** However much was measured once: what a model is today counts as well. */
const MOST_WORTH = 50
/** Six right of six on one topic say little: what was measured there starts from the figure over all topics, worth so many answers. */
const OVERALL_WORTH = 10

export function profileOf(given: Figured = {}): Profile {
  const overall = Object.fromEntries(QUALITIES.map(quality => [quality, beliefOf(given[quality] ?? UNKNOWN)])) as Record<
    Quality,
    Belief
  >
  const topics = Object.entries(given.topics ?? {}).map(([topic, figures = {}]) => [topic, topicOf(figures, overall)] as const)
  return { ...overall, topics: Object.fromEntries(topics) }
}

function topicOf(figures: Figures, overall: Qualities): Partial<Qualities> {
  return Object.fromEntries(
    QUALITIES.flatMap(quality => {
      const figure = figures[quality]
      return figure === undefined ? [] : [[quality, topicBelief(figure, overall[quality])]]
    }),
  )
}

function topicBelief(figure: Figure, { mean }: Belief): Belief {
  const own = beliefOf(figure)
  return typeof figure === 'number'
    ? own
    : updated({ mean, count: OVERALL_WORTH }, { sum: own.mean * own.count, count: own.count })
}

const beliefOf = (figure: Figure): Belief =>
  typeof figure === 'number'
    ? { mean: figure, count: GUESS_WORTH }
    : { mean: figure.value, count: Math.min(MOST_WORTH, figure.evidence) }
