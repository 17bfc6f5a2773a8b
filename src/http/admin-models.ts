/**
 * `/admin/models`: models as they hold now, and their change at run time: weight, state, price, a whole new one. A single credential, such as `gpt:eu`, may
 * be read and patched; it comes and goes with its model.
 */
import { credentialOf } from '../credential'
import { isObject, parseJson } from '../json'
import { byConfigured, type Members, type Model, type ModelState } from '../model'
import type { Fields } from '../state/overlay'
import { actorOf, changeResponse, currentOverlay, etag, makeChange, overtaken, registryAway, written } from './admin-change'
import type { AppContext } from './context'
import { askRegistry } from './informed'
import { invalidRequest, problemResponse } from './problem'
import { refusedUpstream } from './upstream-host'

export async function listModels(c: AppContext): Promise<Response> {
  if (!(await askRegistry(c))) return registryAway()
  const { registry } = c.var.deployment
  const models = [...configuredModels(c).keys()]
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
    () => {
      if (configuredModels(c).has(id)) return { kind: 'patch', model: id, fields }
      const member = memberOf(c, id)
      const credential = member && credentialOf(member)
      if (member === undefined || credential === undefined) return noSuchModel(c, id)
      return { kind: 'patch', model: member.of, fields: { credentials: { [credential]: fields } } }
    },
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
    () => {
      if (configuredModels(c).has(id)) return { kind: 'remove', model: id }
      const member = memberOf(c, id)
      if (member === undefined) return noSuchModel(c, id)
      const message = `"${id}" is a credential of "${member.of}". Define that model without it (PUT), or disable it (PATCH).`
      return problemResponse(invalidRequest(message, 'id'))
    },
    () => ({ removed: id }),
  )
}

/** Every version of the overlay that can be gone back to. */
export async function history(c: AppContext): Promise<Response> {
  if (!(await askRegistry(c))) return registryAway()
  // The caller is told, and nothing was to be changed
  const versions = await c.var.registry.history().catch(() => undefined)
  if (versions === undefined) return registryAway()
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
  const expected = c.req.header('if-match') === undefined ? undefined : overlay.version
  const done = await written(c, async () => c.var.registry.rollback(version, await actorOf(c), expected))
  if (done instanceof Response) return done
  if (done.isDone) return changeResponse(c, {})
  if (expected !== undefined && done.view.overlay.version !== expected) return overtaken(done.view.overlay, etag(overlay))
  const message = `There is no version ${version} any more. GET /admin/history lists them.`
  return problemResponse(invalidRequest(message, 'version', 404, 'not_found'))
}

function configuredModels(c: AppContext): ReadonlyMap<string, Members> {
  const { config } = c.var.deployment
  return byConfigured(config.ok ? config.value.models.values() : [])
}

/** A model with one credential, or one of several. */
function memberOf(c: AppContext, id: string): Model | undefined {
  const { config } = c.var.deployment
  return config.ok ? config.value.models.get(id) : undefined
}

/** As it holds: header values may be secret, so only their names are shown, and of those that are the names of their secrets. */
function shownModel(c: AppContext, id: string) {
  const members = configuredModels(c).get(id)
  const [model] = members ?? [memberOf(c, id)]
  if (model === undefined) return undefined
  const { of, name, capabilities, provider, profile } = model
  const { models: changes } = c.var.deployment.registry.overlay
  const change = Object.hasOwn(changes, of) ? changes[of] : undefined
  const several = members !== undefined && credentialOf(model) !== undefined
  return {
    provider,
    model: name,
    ...(several ? shownCredentials(members) : shownCredential(model)),
    profile,
    capabilities: capabilities === undefined ? null : [...capabilities],
    contextWindow: model.contextWindow ?? null,
    price: model.price ?? null,
    firstTokenMs: model.firstTokenMs ?? null,
    origin: change === undefined ? 'file' : change.definition === undefined ? 'file, changed' : 'registry',
    changed: Object.keys(change?.fields ?? {}),
  }
}

function shownCredential({ baseUrl, headers, secretHeaders, secret, weight, region, maxInFlight, state }: Model) {
  return {
    baseUrl,
    headers: Object.keys(headers),
    secretHeaders: secretHeaders ?? {},
    secret: secret ?? null,
    weight,
    region: region ?? null,
    maxInFlight,
    state,
  }
}

/** What the model is by all of them together, and each. */
function shownCredentials(members: Members) {
  const states: readonly ModelState[] = ['active', 'draining', 'disabled']
  return {
    weight: members.reduce((sum, { weight }) => sum + weight, 0),
    state: states.find(state => members.some(member => member.state === state)),
    credentials: Object.fromEntries(members.map(member => [credentialOf(member), shownCredential(member)])),
  }
}

function noSuchModel(c: AppContext, id: string): Response {
  const known = [...configuredModels(c).keys()].join(', ')
  return problemResponse(
    invalidRequest(`There is no model "${id.slice(0, 100)}". There are: ${known}.`, 'id', 404, 'model_not_found'),
  )
}

/** The body's fields, if they may be set at run time. */
async function bodyFields(c: AppContext): Promise<Fields | Response> {
  const body = parseJson(await c.req.text())
  if (!isObject(body)) return problemResponse(invalidRequest('The body must be a JSON object with fields of a model.', null))
  const { config } = c.var.deployment
  const access = config.ok ? config.value.access : { upstreams: [], keys: undefined }
  const refused = refusedUpstream(body, access, new URL(c.req.url).hostname)
  if (refused !== undefined) return problemResponse(invalidRequest(`${refused.field}: ${refused.message}.`, refused.field))
  return body
}
