/** `/admin/profiles`: what is believed of each model, from the configuration, from a profiling run, and from feedback; and taking a run's result live. */
import * as v from 'valibot'
import { isObject } from '../json'
import { byConfigured, QUALITIES } from '../model'
import { qualitiesOf, remembered } from '../profile/quality'
import { ANY_TOPIC } from '../state/registry-view'
import { makeChange, registryAway } from './admin-change'
import type { AppContext } from './context'
import { askRegistry } from './informed'
import { parseBody } from './parse'
import { invalidRequest, problemResponse } from './problem'

/** A profiling run's output, of which the profiles alone count here; their fields are checked with the configuration. */
const ProfilesSchema = v.looseObject({ profiles: v.record(v.string(), v.record(v.string(), v.unknown())) })

export async function getProfiles(c: AppContext): Promise<Response> {
  return (await askRegistry(c)) ? c.json({ profiles: shownProfiles(c) }) : registryAway()
}

export async function putProfiles(c: AppContext): Promise<Response> {
  const parsed = parseBody(await c.req.text(), ProfilesSchema)
  if (!parsed.ok) return problemResponse(parsed.failure)
  const { profiles } = parsed.value
  const isEmpty = Object.keys(profiles).length === 0
  if (isEmpty) return problemResponse(invalidRequest('profiles: expected at least one model, found none.', 'profiles'))
  return makeChange(
    c,
    () => {
      const { config } = c.var.deployment
      const configured = byConfigured(config.ok ? config.value.models.values() : [])
      const unknown = Object.keys(profiles).find(id => !configured.has(id))
      if (unknown === undefined) return { kind: 'profiles', profiles: withoutSpeed(profiles) }
      const known = [...configured.keys()].join(', ')
      return problemResponse(
        invalidRequest(
          `profiles.${unknown.slice(0, 100)}: there is no such model. There are: ${known}.`,
          `profiles.${unknown.slice(0, 100)}`,
        ),
      )
    },
    () => ({ profiles: shownProfiles(c) }),
  )
}

type Profiles = Readonly<Record<string, Readonly<Record<string, unknown>>>>

/** What a run measured of speed is for people: the live figures count, and changes are to be small. */
const withoutSpeed = (profiles: Profiles): Profiles =>
  Object.fromEntries(Object.entries(profiles).map(([id, { speed: _, ...profile }]) => [id, profile]))

/** By model and topic, `*` being all requests: each figure with the number of answers that it is worth, and how much of that is feedback. */
function shownProfiles(c: AppContext) {
  const { deployment, world } = c.var
  const { plan, registry } = deployment
  if (plan === undefined) return {}
  const { config, forgetting } = plan
  const nowMs = world.now()
  return Object.fromEntries(
    [...byConfigured(config.models.values())].map(([id, [{ profile }]]) => {
      const feedback = registry.view?.feedback[id]
      const heard = Object.values(feedback ?? {})
        .filter(isObject)
        .flatMap(byTopic => Object.keys(byTopic))
      const topics = new Set([ANY_TOPIC, ...Object.keys(profile.topics), ...heard])
      return [
        id,
        Object.fromEntries(
          [...topics].map(topic => {
            const beliefs = qualitiesOf(profile, feedback, topic === ANY_TOPIC ? undefined : topic, nowMs, forgetting)
            return [
              topic,
              Object.fromEntries(
                QUALITIES.map(quality => {
                  const count = remembered(feedback?.[quality]?.[topic], nowMs, forgetting)
                  return [
                    quality,
                    { value: rounded(beliefs[quality].mean), worth: rounded(beliefs[quality].count), feedback: rounded(count) },
                  ]
                }),
              ),
            ]
          }),
        ),
      ]
    }),
  )
}

const rounded = (figure: number): number => Math.round(figure * 1_000) / 1_000
