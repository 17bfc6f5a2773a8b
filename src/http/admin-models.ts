/** `/admin/models`: models as they hold now, and their change at run time: weight, state, price, a whole new one. */
import { isObject, parseJson } from '../json'
import type { Model } from '../model'
import type { Fields } from '../state/overlay'
import { actorOf, changeResponse, currentOverlay, etag, makeChange, registryAway } from './admin-change'
import type { AppContext } from './context'
import { askRegistry } from './informed'
import { invalidRequest, problemResponse } from './problem'
import { refusedUpstream } from './upstream-host'

export async function listModels(c: AppContext): Promise<Response> {
  if (!(await askRegistry(c))) return registryAway()
  const { config, registry } = c.var.deployment
  const models = config.ok ? [...config.value.models.keys()] : []
  return c.json(
    { version: registry.overlay.version, models: Object.fromEntries(models.map(id => [id, shownModel(c, id)])) },
    200,
    {
      etag: etag(registry.overlay),
    },
  )
}

export async function getModel(c: AppContext, id: string): Promise<Response> {
  if (!(await askRegistry(c))) return registryAway()
  return shownModel(c, id) === undefined ? noSuchModel(c, id) : changeResponse(c, { model: shownModel(c, id) })
}

export async function patchModel(c: AppContext, id: string): Promise<Response> {
  const fields = await bodyFields(c)
  if (fields instanceof Response) return fields
  return makeChange(
    c,
    () => (modelOf(c, id) === undefined ? noSuchModel(c, id) : { kind: 'patch', model: id, fields }),
    () => ({ model: shownModel(c, id) }),
  )
}

export async function putModel(c: AppContext, id: string): Promise<Response> {
  const definition = await bodyFields(c)
  if (definition instanceof Response) return definition
  if (id === 'constructor' || id === 'prototype' || !/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}$/.test(id))
    return problemResponse(invalidRequest("A model's id has letters, digits and . _ : / @ -, at most 100.", 'id'))
  return makeChange(
    c,
    () => ({ kind: 'put', model: id, definition }),
    () => ({ model: shownModel(c, id) }),
  )
}

export function deleteModel(c: AppContext, id: string): Promise<Response> {
  return makeChange(
    c,
    () => (modelOf(c, id) === undefined ? noSuchModel(c, id) : { kind: 'remove', model: id }),
    () => ({ removed: id }),
  )
}

/** Every version of the overlay that can be gone back to. */
export async function history(c: AppContext): Promise<Response> {
  if (!(await askRegistry(c))) return registryAway()
  const versions = await c.var.registry.history()
  return c.json({ version: c.var.deployment.registry.overlay.version, versions })
}

export async function rollback(c: AppContext): Promise<Response> {
  const body = parseJson(await c.req.text())
  const version = isObject(body) ? body.version : undefined
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 0)
    return problemResponse(
      invalidRequest(
        'version: expected the number of a version, as GET /admin/history lists them; 0 is the file alone.',
        'version',
      ),
    )
  const overlay = await currentOverlay(c)
  if (overlay instanceof Response) return overlay
  const { registry, deployment, world } = c.var
  const { view, isDone } = await registry.rollback(version, await actorOf(c))
  deployment.registry.accept(view, world.now(), true)
  return isDone
    ? changeResponse(c, {})
    : problemResponse(
        invalidRequest(`There is no version ${version} any more. GET /admin/history lists them.`, 'version', 404, 'not_found'),
      )
}

function modelOf(c: AppContext, id: string): Model | undefined {
  const { config } = c.var.deployment
  return config.ok ? config.value.models.get(id) : undefined
}

/** As it holds: header values may be secret, so only their names are shown. */
function shownModel(c: AppContext, id: string) {
  const model = modelOf(c, id)
  if (model === undefined) return undefined
  const { id: _, name, headers, capabilities, ...rest } = model
  const change = c.var.deployment.registry.overlay.models[id]
  return {
    ...rest,
    model: name,
    headers: Object.keys(headers),
    capabilities: capabilities === undefined ? null : [...capabilities],
    contextWindow: model.contextWindow ?? null,
    secret: model.secret ?? null,
    price: model.price ?? null,
    firstTokenMs: model.firstTokenMs ?? null,
    origin: change === undefined ? 'file' : change.definition === undefined ? 'file, changed' : 'registry',
    changed: Object.keys(change?.fields ?? {}),
  }
}

function noSuchModel(c: AppContext, id: string): Response {
  const { config } = c.var.deployment
  const known = config.ok ? [...config.value.models.keys()].join(', ') : ''
  return problemResponse(
    invalidRequest(`There is no model "${id.slice(0, 100)}". There are: ${known}.`, 'id', 404, 'model_not_found'),
  )
}

/** The body's fields, if they may be set at run time. */
async function bodyFields(c: AppContext): Promise<Fields | Response> {
  const body = parseJson(await c.req.text())
  if (!isObject(body)) return problemResponse(invalidRequest('The body must be a JSON object with fields of a model.', null))
  const { config } = c.var.deployment
  const allowed = config.ok ? config.value.access.upstreams : []
  const refused = refusedUpstream(body, allowed, new URL(c.req.url).hostname)
  if (refused !== undefined) return problemResponse(invalidRequest(`${refused.field}: ${refused.message}.`, refused.field))
  return body
}
