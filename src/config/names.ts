/** Whether what a configuration names fits together: names that nothing carries, and names that would carry two things. */
import * as v from 'valibot'
import { memberId } from '../credential'
import type { ConfigProblem } from './problem'
import { Id, type ParsedConfig } from './schema'
import { lowerCased } from './secret-headers'

export function danglingNames(config: ParsedConfig): ConfigProblem[] {
  const models = Object.keys(config.models)
  const pools = Object.keys(config.pools)
  const members = Object.entries(config.models).flatMap(([id, { credentials = {} }]) =>
    Object.keys(credentials).map(name => ({ field: `models.${id}.credentials.${name}`, id: memberId(id, name) })),
  )
  const usable = [...models, ...members.map(({ id }) => id)]
  const regions = regionsOf(config)
  const problems: ConfigProblem[] = []
  const mustExist = (field: string, name: string, names: readonly string[], what: string) => {
    if (!names.includes(name)) problems.push({ field, expected: `${what}: ${names.join(', ')}`, found: `"${name}"` })
  }
  for (const [pool, names] of Object.entries(config.pools))
    for (const [at, name] of names.entries()) mustExist(`pools.${pool}.${at}`, name, usable, 'the id of a model')
  for (const [at, { use, fallback, canary, regions: allowed = [] }] of config.routes.entries()) {
    for (const [field, names = []] of Object.entries({ use, fallback, 'canary.use': canary?.use }))
      for (const [i, name] of names.entries())
        mustExist(`routes.${at}.${field}.${i}`, name, [...usable, ...pools], 'a model or pool')
    for (const [i, region] of allowed.entries()) mustExist(`routes.${at}.regions.${i}`, region, regions, 'the region of a model')
  }
  problems.push(...trialsOfWhatIsUsed(config), ...sameCredentials(config))
  for (const [at, { strategy = config.strategy, explore }] of config.routes.entries()) {
    if (explore !== undefined && strategy !== 'model-aware')
      problems.push({ field: `routes.${at}.explore`, expected: 'only beside strategy "model-aware"', found: `"${strategy}"` })
  }
  const taken = new Map<string, string>([['auto', 'the name that walks the routes']])
  const claim = (field: string, name: string) => {
    const owner = taken.get(name)
    if (owner !== undefined) problems.push({ field, expected: 'a name of its own', found: `"${name}", which is ${owner}` })
    taken.set(name, field)
  }
  for (const name of models) claim(`models.${name}`, name)
  for (const { field, id } of members) {
    claim(field, id)
    if (!v.is(Id, id))
      problems.push({ field, expected: 'a name that makes an id of at most 100 characters with the model', found: `"${id}"` })
  }
  for (const name of pools) claim(`pools.${name}`, name)
  for (const [at, route] of config.routes.entries()) claim(`routes.${at}.name`, route.name)
  return problems
}

/** Every region that a model or a credential is in. */
const regionsOf = ({ models }: ParsedConfig): readonly string[] => [
  ...new Set(
    Object.values(models)
      .flatMap(({ region, credentials = {} }) => [region, ...Object.values(credentials).map(own => own.region)])
      .filter(region => region !== undefined),
  ),
]

/** A canary that the route uses anyway would be no trial. */
function trialsOfWhatIsUsed(config: ParsedConfig): ConfigProblem[] {
  const pools = new Map(Object.entries(config.pools))
  const models = new Map(Object.entries(config.models))
  const expand = (name: string): readonly string[] =>
    (pools.get(name) ?? [name]).flatMap(id => {
      const { credentials } = models.get(id) ?? {}
      return credentials === undefined ? [id] : Object.keys(credentials).map(credential => memberId(id, credential))
    })
  return config.routes.flatMap(({ use, canary }, at) => {
    const used = use.flatMap(expand)
    return (canary?.use ?? []).flatMap((name, i) => {
      const both = expand(name).some(id => used.includes(id))
      const expected = "a model that is not in the route's own use"
      return both ? [{ field: `routes.${at}.canary.use.${i}`, expected, found: `"${name}"` }] : []
    })
  })
}

/** Two names for one and the same would only look like twice the room. */
function sameCredentials({ models }: ParsedConfig): ConfigProblem[] {
  return Object.entries(models).flatMap(([id, { secret, secretHeaders, baseUrl, credentials = {} }]) => {
    const seen = new Map<string, string>()
    return Object.entries(credentials).flatMap(([name, own]) => {
      const headers = [own.headers ?? {}, { ...lowerCased(secretHeaders), ...lowerCased(own.secretHeaders) }]
      const sorted = headers.map(each => Object.entries(each).sort())
      const what = JSON.stringify([own.secret ?? secret, own.baseUrl ?? baseUrl, sorted])
      const other = seen.get(what)
      seen.set(what, name)
      if (other === undefined) return []
      const expected = 'a secret, an address or headers of its own'
      return [{ field: `models.${id}.credentials.${name}`, expected, found: `the same as "${other}"` }]
    })
  })
}
