/**
 * The overlay applied to the configuration, in the configuration's own words and checked by its own rules, so that whatever an operator changes at run
 * time is held to the same standard as the file.
 */
import { type Config, type ConfigProblem, parseConfig, readConfig } from './config'
import { isObject, type JsonObject } from './json'
import { fail, ok, type Result } from './outcome'
import type { ModelChange, Overlay } from './state/overlay'

/** A definition's field that only the overlay has: pools and routes that the model joins at the end of what they use. */
const JOINS = 'joins'

/** What of an overlay fits. A new version of the file may have made a change impossible: that one is left out, and a warning says so. */
export interface Fitted {
  readonly overlay: Overlay
  readonly config: Result<Config, readonly ConfigProblem[]>
}

export function fitted(input: unknown, overlay: Overlay): Fitted {
  const whole = overlaidConfig(input, overlay)
  if (whole.ok || Object.keys(overlay.models).length === 0) return { overlay, config: whole }
  let best: Fitted = { overlay: { ...overlay, models: {} }, config: parseConfig(input) }
  if (!best.config.ok) return { overlay, config: best.config }
  const skipped: string[] = []
  for (const [id, change] of Object.entries(overlay.models)) {
    const more = { ...overlay, models: { ...best.overlay.models, [id]: change } }
    const config = overlaidConfig(input, more)
    if (config.ok) {
      best = { overlay: more, config }
    } else {
      const [problem] = config.failure
      const why = problem === undefined ? '' : ` (${problem.field}: expected ${problem.expected}, found ${problem.found})`
      skipped.push(`The change of "${id}" made through the admin API no longer fits the configuration and is left out${why}.`)
    }
  }
  if (!best.config.ok) return best
  return { overlay: best.overlay, config: ok({ ...best.config.value, warnings: [...best.config.value.warnings, ...skipped] }) }
}

/** All of it, or what is wrong. */
export function overlaidConfig(input: unknown, overlay: Overlay): Result<Config, readonly ConfigProblem[]> {
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
  return problems.length > 0 ? fail(problems) : parseConfig(config)
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
  const { [JOINS]: joins = [], ...model } = { ...own, ...fields }
  return joining({ ...config, models: { ...models, [id]: model } }, id, joins)
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
          ? { ...route, use: others(route.use), ...(route.fallback !== undefined && { fallback: others(route.fallback) }) }
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
