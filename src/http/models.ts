/** `GET /v1/models`: every name that a client may use as `model`. */
import type { AppContext } from './context'
import { invalidRequest, problemResponse } from './problem'

export function models(c: AppContext): Response {
  const { plan } = c.var
  const data = plan.names.map(id => {
    const model = plan.live.get(id)
    return {
      id,
      object: 'model',
      created: 0,
      owned_by: model?.provider ?? 'ringroad',
      ...(model !== undefined && {
        upstream_model: model.name,
        context_window: model.contextWindow ?? null,
        capabilities: model.capabilities === undefined ? null : [...model.capabilities],
        price: model.price ?? null,
      }),
    }
  })
  return c.json({ object: 'list', data })
}

/** `GET /v1/models/:name` */
export function model(c: AppContext, name: string): Response {
  const { plan } = c.var
  if (!plan.names.includes(name))
    return problemResponse(invalidRequest(`There is no model "${name.slice(0, 100)}" here.`, 'model', 404, 'model_not_found'))
  return c.json({ id: name, object: 'model', created: 0, owned_by: plan.live.get(name)?.provider ?? 'ringroad' })
}
