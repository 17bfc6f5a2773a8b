/**
 * What a model is worth for a request's topic: its profile as the prior, feedback as the evidence. Evidence on a topic is scarce at first, so a topic's
 * figure starts from the model's over all topics, where the profile says nothing of that topic itself.
 */
import { aged, type Belief, type Evidence, type Forgetting, updated } from '../algorithm/beta'
import { type Profile, QUALITIES, type Qualities, type Quality } from '../model'
import type { FeedbackTable } from '../state/registry-view'

/** So many observations on the topic itself weigh as much as all that is known of the model otherwise. */
const OTHER_TOPICS_WORTH = 10

/** `feedback`: what the registry has of this model. `topic` undefined: nobody could tell. */
export function qualitiesOf(
  profile: Profile,
  feedback: FeedbackTable[string] | undefined,
  topic: string | undefined,
  nowMs: number,
  forgetting: Forgetting,
): Qualities {
  const beliefs = QUALITIES.map((quality): [Quality, Belief] => {
    const evidence = feedback?.[quality] ?? {}
    const here = topic === undefined ? undefined : evidence[topic]
    const prior = topic === undefined ? undefined : profile.topics[topic]?.[quality]
    if (prior === undefined && here === undefined) return [quality, overall(profile[quality], evidence, nowMs, forgetting)]
    const start = prior ?? {
      mean: overall(profile[quality], evidence, nowMs, forgetting).mean,
      count: OTHER_TOPICS_WORTH,
    }
    return [quality, here === undefined ? start : updated(start, aged(here, nowMs, forgetting))]
  })
  return Object.fromEntries(beliefs) as Record<Quality, Belief>
}

/** How many answers' worth of feedback is still remembered. */
export const remembered = (evidence: Evidence | undefined, nowMs: number, forgetting: Forgetting): number =>
  evidence === undefined ? 0 : aged(evidence, nowMs, forgetting).count

function overall(prior: Belief, byTopic: Readonly<Record<string, Evidence>>, nowMs: number, forgetting: Forgetting): Belief {
  let belief = prior
  for (const evidence of Object.values(byTopic)) belief = updated(belief, aged(evidence, nowMs, forgetting))
  return belief
}
