/**
 * `GET /v1/models`: what a client may use as `model`; a model with several credentials is one. One answer for the clients of OpenAI and of Anthropic, who share the path: each finds
 * the fields that it knows, and leaves the others alone.
 */
import type { Plan } from '../router/plan'
import type { AppContext } from './context'
import { invalidRequest, problemResponse } from './problem'

export function models(c: AppContext): Response {
  const { plan } = c.var
  const data = plan.names.map(id => {
    const [model] = plan.configured.get(id) ?? []
    return {
      ...named(id, plan),
      ...(model !== undefined && {
        upstream_model: model.name,
        context_window: model.contextWindow ?? null,
        capabilities: model.capabilities === undefined ? null : [...model.capabilities],
        price: model.price ?? null,
      }),
    }
  })
  return c.json({ object: 'list', data, has_more: false, first_id: data.at(0)?.id ?? null, last_id: data.at(-1)?.id ?? null })
}

/** `GET /v1/models/:name` */
export function model(c: AppContext, name: string): Response {
  const { plan } = c.var
  if (name !== 'auto' && plan.find(name) === undefined)
    return problemResponse(invalidRequest(`There is no model "${name.slice(0, 100)}" here.`, 'model', 404, 'model_not_found'))
  return c.json(named(name, plan))
}

/** When a name came into being nobody knows; both dialects demand a date. */
const named = (id: string, plan: Plan) => ({
  id,
  object: 'model',
  created: 0,
  owned_by: (plan.configured.get(id)?.[0] ?? plan.live.get(id))?.provider ?? 'ringroad',
  type: 'model',
  display_name: id,
  created_at: '1970-01-01T00:00:00Z',
})
