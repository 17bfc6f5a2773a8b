/**
 * The overlay applied to the configuration, in the configuration's own words and checked by its own rules, so that whatever an operator changes at run
 * time is held to the same standard as the file.
 */
import { type Access, type Config, type ConfigProblem, parseConfig, readConfig } from './config'
import { isObject, type JsonObject } from './json'
import { fail, ok, type Result } from './outcome'
import { type Fields, laidOver, type ModelChange, type Overlay } from './state/overlay'

/** A definition's field that only the overlay has: pools and routes that the model joins at the end of what they use. */
const JOINS = 'joins'

/**
 * What may not be set at run time, though the file may say it; undefined: nothing is wrong. Asked whenever an overlay is applied: what was allowed when it
 * was written may not be any more.
 */
export type Refusal = (fields: Fields, access: Access) => { readonly field: string; readonly message: string } | undefined

/** What of an overlay fits. A new version of the file may have made a change impossible: that one is left out, and a warning says so. */
export interface Fitted {
  readonly overlay: Overlay
  readonly config: Result<Config, readonly ConfigProblem[]>
}

export function fitted(input: unknown, overlay: Overlay, refuses: Refusal): Fitted {
  const whole = overlaidConfig(input, overlay, refuses)
  if (whole.ok || Object.keys(overlay.models).length === 0) return { overlay, config: whole }
  let best: Fitted = { overlay: { ...overlay, models: {} }, config: parseConfig(input) }
  if (!best.config.ok) return { overlay, config: best.config }
  const skipped: string[] = []
  const tried = (id: string, change: ModelChange): Fitted => {
    const more = { ...overlay, models: { ...best.overlay.models, [id]: change } }
    return { overlay: more, config: overlaidConfig(input, more, refuses) }
  }
  for (const [id, change] of Object.entries(overlay.models)) {
    const wanted = tried(id, change)
    if (wanted.config.ok) {
      best = wanted
      continue
    }
    const closing = closingOf(change)
    const closed = closing === undefined ? wanted : tried(id, closing)
    if (closed.config.ok) best = closed
    const [problem] = wanted.config.failure
    const why = problem === undefined ? '' : ` (${problem.field}: expected ${problem.expected}, found ${problem.found})`
    const left = closed.config.ok ? 'left out, except that it takes no requests' : 'left out'
    skipped.push(`The change of "${id}" made through the admin API no longer fits the configuration and is ${left}${why}.`)
  }
  if (!best.config.ok) return best
  return { overlay: best.overlay, config: ok({ ...best.config.value, warnings: [...best.config.value.warnings, ...skipped] }) }
}

/** What holds of a change even where the rest of it no longer fits: what an operator has closed must not be open again. Undefined: it closes nothing. */
function closingOf({ definition, fields, removed }: ModelChange): ModelChange | undefined {
  if (removed === true) return { fields: { state: 'disabled' } }
  const closing = closedPart(laidOver(definition ?? {}, fields ?? {}))
  return Object.keys(closing).length === 0 ? undefined : { fields: closing }
}

/** The state of a model and of its credentials, where it is a closed one. */
function closedPart({ state, credentials }: Fields): Fields {
  const closed = Object.entries(isObject(credentials) ? credentials : {}).flatMap(([name, own]): [string, Fields][] => {
    const part = isObject(own) ? closedPart({ state: own.state }) : {}
    return Object.keys(part).length === 0 ? [] : [[name, part]]
  })
  return {
    ...((state === 'disabled' || state === 'draining') && { state }),
    ...(closed.length > 0 && { credentials: Object.fromEntries(closed) }),
  }
}

/** All of it, or what is wrong. */
export function overlaidConfig(input: unknown, overlay: Overlay, refuses: Refusal): Result<Config, readonly ConfigProblem[]> {
  const read = readConfig(input)
  if (!read.ok) return read
  if (!isObject(read.value) || !isObject(read.value.models)) return parseConfig(read.value)
  let config: JsonObject = read.value
  const problems: ConfigProblem[] = []
  for (const [id, change] of Object.entries(overlay.models)) {
    const laid = withChange(config, id, change)
    if (laid.ok) config = laid.value
    else problems.push(laid.failure)
  }
  if (problems.length > 0) return fail(problems)
  const parsed = parseConfig(config)
  const refused = parsed.ok ? refusedFields(overlay, parsed.value.access, refuses) : []
  return refused.length > 0 ? fail(refused) : parsed
}

function refusedFields({ models }: Overlay, access: Access, refuses: Refusal): readonly ConfigProblem[] {
  return Object.entries(models).flatMap(([id, { definition, fields }]) => {
    const refused = refuses(laidOver(definition ?? {}, fields ?? {}), access)
    return refused === undefined
      ? []
      : [{ field: `models.${id}.${refused.field}`, expected: 'what may be set at run time', found: refused.message }]
  })
}

function withChange(
  config: JsonObject,
  id: string,
  { definition, fields, removed }: ModelChange,
): Result<JsonObject, ConfigProblem> {
  if (removed === true) return ok(without(config, id))
  const models = isObject(config.models) ? config.models : {}
  const own = definition ?? models[id]
  if (!isObject(own))
    return fail({ field: `models.${id}`, expected: 'a model that exists', found: 'a change of one that does not' })
  const stray = strayCredential(own, fields ?? {})
  if (stray !== undefined) {
    const expected = 'a credential that exists, or a secret or an address for a new one'
    return fail({ field: `models.${id}.credentials.${stray}`, expected, found: 'a change of one that does not exist' })
  }
  const { [JOINS]: joins = [], ...model } = laidOver(own, fields ?? {})
  return joining({ ...config, models: { ...models, [id]: model } }, id, joins)
}

/** Changed without being there, since a new version of the file has it no longer, say: by what is left it would be one with the model's own key. */
function strayCredential({ credentials: known }: JsonObject, { credentials: changed }: JsonObject): string | undefined {
  if (!isObject(changed)) return undefined
  const isNew = (name: string) => !(isObject(known) && Object.hasOwn(known, name))
  const [stray] = Object.entries(changed).filter(
    ([name, own]) => isNew(name) && isObject(own) && own.secret === undefined && own.baseUrl === undefined,
  )
  return stray?.[0]
}

/** Nothing else may name it any longer. What is then empty is for the configuration's own rules to refuse. */
function without(config: JsonObject, id: string): JsonObject {
  const others = (names: unknown) => (Array.isArray(names) ? names.filter(name => name !== id) : names)
  const { [id]: _, ...models } = isObject(config.models) ? config.models : {}
  return {
    ...config,
    models,
    ...(isObject(config.pools) && {
      pools: Object.fromEntries(Object.entries(config.pools).map(([pool, names]) => [pool, others(names)])),
    }),
    ...(Array.isArray(config.routes) && {
      routes: config.routes.map(route =>
        isObject(route)
          ? {
              ...route,
              use: others(route.use),
              ...(route.fallback !== undefined && { fallback: others(route.fallback) }),
              ...(isObject(route.canary) && { canary: { ...route.canary, use: others(route.canary.use) } }),
            }
          : route,
      ),
    }),
  }
}

function joining(config: JsonObject, id: string, names: unknown): Result<JsonObject, ConfigProblem> {
  const pools = isObject(config.pools) ? config.pools : {}
  const routes = Array.isArray(config.routes) ? config.routes : []
  const known = [...Object.keys(pools), ...routes.flatMap(route => (isObject(route) ? String(route.name) : []))]
  const unknown = Array.isArray(names) ? names.find(name => !known.includes(name)) : names
  if (!Array.isArray(names) || unknown !== undefined) {
    const found = JSON.stringify(unknown)?.slice(0, 100) ?? 'nothing'
    return fail({ field: `models.${id}.${JOINS}`, expected: `names of pools or routes: ${known.join(', ')}`, found })
  }
  const joined = (list: unknown) => (Array.isArray(list) && !list.includes(id) ? [...list, id] : list)
  return ok({
    ...config,
    ...(isObject(config.pools) && {
      pools: Object.fromEntries(Object.entries(pools).map(([pool, list]) => [pool, names.includes(pool) ? joined(list) : list])),
    }),
    ...(Array.isArray(config.routes) && {
      routes: routes.map(route => (isObject(route) && names.includes(route.name) ? { ...route, use: joined(route.use) } : route)),
    }),
  })
}
