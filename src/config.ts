/**
 * The configuration: parsed and validated once per isolate, then frozen. A wrong file fails the type check; a wrong variable is reported,
 * never thrown, so that the Worker can answer with what is wrong (`Result`, with every problem found).
 */
import * as v from 'valibot'
import { danglingNames } from './config/names'
import type { ConfigProblem } from './config/problem'
import {
  type Access,
  type ConfigInput,
  ConfigSchema,
  type FeedbackSettings,
  type Limits,
  type Log,
  type ParsedConfig,
  type TrackerSettings,
} from './config/schema'
import { clashingHeaders, lowerCased } from './config/secret-headers'
import { outOfRegion, unreachable, withoutEffect } from './config/warnings'
import type { When } from './context/condition'
import { type Credentials, membersOf } from './credential'
import { parseJson } from './json'
import type { Model, Priority, ProviderName } from './model'
import { fail, ok, type Result, redact } from './outcome'
import { knownModel } from './profile/catalogue'
import { isEmbedder } from './profile/embedders'
import { profileOf } from './profile/figures'
import type { Decide } from './strategy/load-use'
import type { StrategyName } from './strategy/strategy'

export type { ConfigProblem } from './config/problem'
export { type Access, type ConfigInput, CREDENTIAL_FIELDS, type Limits } from './config/schema'

export interface Route {
  readonly name: string
  readonly when: When | undefined
  /** Ids of models or of their credentials, pools already replaced by their members, each once. */
  readonly use: readonly string[]
  readonly fallback: readonly string[]
  readonly strategy: StrategyName
  /** Where its view of the load comes from. */
  readonly decide: Decide
  readonly priority: Priority | undefined
  readonly hedge: boolean
  /** Only models in one of these; undefined: all. */
  readonly regions: readonly string[] | undefined
  /** Tried first for this share of the conversations, always the same ones. */
  readonly canary: { readonly use: readonly string[]; readonly share: number } | undefined
  /** Learns from feedback by trying: every model of the route is tried first for at least this share of its requests. */
  readonly explore: { readonly minShare: number } | undefined
}

export interface Config {
  readonly models: ReadonlyMap<string, Model>
  readonly pools: ReadonlyMap<string, readonly string[]>
  readonly routes: readonly Route[]
  /** How pools and shared model names are ranked. */
  readonly strategy: StrategyName
  /** Where their view of the load comes from. */
  readonly decide: Decide
  readonly limits: Limits
  readonly access: Access
  /** What the line that is logged for each request holds. */
  readonly log: Log
  /** How feedback is forgotten. */
  readonly feedback: FeedbackSettings
  /** How the isolates of a region share their load. */
  readonly tracker: TrackerSettings
  /** What is allowed but cannot be meant, e.g. a route that no request can reach. */
  readonly warnings: readonly string[]
}

/** Types the configuration file. */
export const defineConfig = (config: ConfigInput): ConfigInput => config

/** Accepts an object or its JSON text. Never throws; reports every problem found, not the first alone. */
export function parseConfig(input: unknown): Result<Config, readonly ConfigProblem[]> {
  const read = readConfig(input)
  if (!read.ok) return read
  const { value } = read
  const reserved = reservedNames(value, [])
  if (reserved.length > 0) return fail(reserved)
  const parsed = v.safeParse(ConfigSchema, value)
  if (!parsed.success) return fail(parsed.issues.map(problemOf))
  const problems = [...danglingNames(parsed.output), ...clashingHeaders(parsed.output, DEFAULT_SECRET)]
  return problems.length > 0 ? fail(problems) : ok(resolve(parsed.output))
}

/** The object, where it is given as JSON text. */
export function readConfig(input: unknown): Result<unknown, readonly ConfigProblem[]> {
  if (typeof input !== 'string') return ok(input)
  const value = parseJson(input)
  // The parser's own words would quote the text, which may hold a key
  return value === undefined ? fail([{ field: 'ROUTER_CONFIG', expected: 'JSON', found: 'text that is not JSON' }]) : ok(value)
}

/** Names that every JavaScript object brings along. The schema library would leave them out without a word, and with them a model or a condition. */
const RESERVED: readonly string[] = ['__proto__', 'prototype', 'constructor']

function reservedNames(value: unknown, path: readonly string[]): ConfigProblem[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = [...path, key]
    if (!RESERVED.includes(key)) return reservedNames(inner, field)
    return [{ field: field.join('.'), expected: 'another name, since this one is reserved', found: `"${key}"` }]
  })
}

/** Where a text, put there by mistake, may be a key; and every caller can read what is wrong. */
const mayBeKey = (field: string, text: string): boolean =>
  /(^|\.)(secret|headers|secretHeaders|keys)(\.|$)/.test(field) || (/(baseUrl|jwksUrl)$/.test(field) && /[@?]/.test(text))

function problemOf(issue: v.BaseIssue<unknown>): ConfigProblem {
  const field = issue.path?.map(({ key }) => String(key) || '""').join('.') ?? 'the configuration'
  const ownWords = issue.message.startsWith('Invalid') ? undefined : issue.message
  const isText = issue.received.startsWith('"')
  const found = isText && mayBeKey(field, issue.received) ? 'another text' : redact(issue.received)
  return { field, expected: ownWords ?? issue.expected ?? 'another value', found }
}

const DEFAULT_SECRET: Readonly<Record<ProviderName, string | undefined>> = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GEMINI_API_KEY',
  'openai-compatible': undefined,
}

const DEFAULT_BASE_URL: Readonly<Record<ProviderName, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com',
  google: 'https://generativelanguage.googleapis.com',
  'openai-compatible': '',
}

function capabilitiesOf({ provider, model, capabilities }: ParsedConfig['models'][string]): Model['capabilities'] {
  if (capabilities !== undefined) return new Set(capabilities)
  return provider !== 'anthropic' && isEmbedder(model) ? new Set(['embeddings']) : undefined
}

/** One, or one for each of its credentials. */
function modelsOf(id: string, model: ParsedConfig['models'][string]): readonly Model[] {
  const { credentials } = model
  const known = knownModel(model.provider, model.model)
  const whole: Model = {
    id,
    of: id,
    provider: model.provider,
    name: model.model,
    baseUrl: withoutSlash(model.baseUrl ?? DEFAULT_BASE_URL[model.provider]),
    headers: model.headers ?? {},
    secretHeaders: lowerCased(model.secretHeaders),
    secret: model.secret ?? DEFAULT_SECRET[model.provider],
    weight: model.weight ?? 1,
    maxInFlight: model.maxInFlight ?? 1_000,
    contextWindow: model.contextWindow ?? known?.contextWindow,
    capabilities: capabilitiesOf(model),
    price: model.price ?? known?.price,
    profile: profileOf(model.profile),
    firstTokenMs: model.firstTokenMs,
    region: model.region,
    state: model.state ?? 'active',
  }
  const models = credentials === undefined ? [whole] : membersOf(whole, plain(credentials))
  return models.map(each => Object.freeze(each))
}

const withoutSlash = (url: string): string => url.replace(/\/+$/, '')

/** Addresses and names of headers as models have them. */
const plain = (credentials: Credentials): Credentials =>
  Object.fromEntries(
    Object.entries(credentials).map(([name, own]) => [
      name,
      {
        ...own,
        baseUrl: own.baseUrl === undefined ? undefined : withoutSlash(own.baseUrl),
        secretHeaders: lowerCased(own.secretHeaders),
      },
    ]),
  )

function resolve(config: ParsedConfig): Config {
  const pools = new Map(Object.entries(config.pools))
  const expand = (names: readonly string[]): string[] => [...new Set(names.flatMap(name => pools.get(name) ?? [name]))]
  const models = Object.entries(config.models).flatMap(([id, model]) => modelsOf(id, model))
  const routes = config.routes.map((route): Route => {
    const use = expand(route.use)
    return Object.freeze({
      name: route.name,
      when: route.when,
      use,
      fallback: expand(route.fallback ?? []).filter(id => !use.includes(id)),
      strategy: route.strategy ?? config.strategy,
      decide: route.decide ?? config.decide,
      priority: route.priority,
      hedge: route.hedge ?? false,
      regions: route.regions,
      canary: route.canary === undefined ? undefined : { use: expand(route.canary.use), share: route.canary.share },
      explore: route.explore,
    })
  })
  // Only looked at by people, and not to be paid for by a request
  let warnings: readonly string[] | undefined
  return Object.freeze({
    models: new Map(models.map(model => [model.id, model])),
    pools,
    routes,
    strategy: config.strategy,
    decide: config.decide,
    limits: config.limits,
    access: config.access,
    log: config.log,
    feedback: config.feedback,
    tracker: config.tracker,
    get warnings() {
      warnings ??= [...unreachable(routes), ...outOfRegion(routes, models), ...withoutEffect(config)]
      return warnings
    },
  })
}
