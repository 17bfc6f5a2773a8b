/**
 * The configuration: parsed and validated once per isolate, then frozen. A wrong file fails the type check; a wrong variable is reported,
 * never thrown, so that the Worker can answer with what is wrong (`Result`, with every problem found).
 */
import * as v from 'valibot'
import type { When } from './context/condition'
import { MODALITIES, TASKS, TOPICS } from './context/features'
import { type Reach, reachability } from './context/reach'
import { parseJson } from './json'
import { CAPABILITIES, MODEL_STATES, type Model, PRIORITIES, PROVIDERS, type ProviderName } from './model'
import { fail, ok, type Result, redact } from './outcome'
import { knownModel } from './profile/catalogue'
import { isEmbedder } from './profile/embedders'
import { profileOf } from './profile/figures'
import { STRATEGIES, type StrategyName } from './strategy/strategy'

/** Letters that may stand in a header, in a metrics label and in a URL, since an id appears in all three. */
const Id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}$/, 'a name of letters, digits and . _ : / @ -'))
const Whole = v.pipe(v.number(), v.integer('a whole number'))
const Positive = v.pipe(v.number(), v.finite(), v.gtValue(0))
const Count = v.pipe(Whole, v.minValue(1))
const Ms = v.pipe(Whole, v.minValue(1), v.maxValue(3_600_000))
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
const SecretName = v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]*$/, 'the NAME of a secret in capitals, never its value'))
const isHttpUrl = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  return url !== undefined && (url.protocol === 'https:' || url.protocol === 'http:') && url.username === '' && url.search === ''
}
const HttpUrl = v.pipe(v.string(), v.check(isHttpUrl, 'an http(s) URL without user info or query'))
const isOrigin = (text: string): boolean => text === '*' || (URL.canParse(text) && new URL(text).origin === text)
const Origin = v.pipe(
  v.string(),
  v.check(isOrigin, 'an origin such as "https://app.example.com", without a path or a slash at its end, or "*"'),
)
/** Of labels that name a host, the last of which is no number: an address in digits would reach what no name allows. */
const UpstreamHost = v.pipe(
  v.string(),
  v.regex(
    /^(\*\.)?([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/,
    'a host such as "api.groq.com", or "*.example.com" for all below it',
  ),
)
const HeaderName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'the name of a header'))
const HeaderValue = v.pipe(v.string(), v.regex(/^[\t\x20-\x7e]*$/, 'the value of a header: one line of ASCII'))
const some = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.minLength(1, 'at least one'))

const Range = v.pipe(
  v.strictObject({
    gte: v.optional(v.number()),
    lte: v.optional(v.number()),
    gt: v.optional(v.number()),
    lt: v.optional(v.number()),
  }),
  v.check(range => Object.keys(range).length > 0, 'at least one of gte, lte, gt, lt'),
)

const WhenSchema = v.objectWithRest(
  {
    topic: v.optional(some(v.picklist(TOPICS))),
    task: v.optional(some(v.picklist(TASKS))),
    language: v.optional(some(v.pipe(v.string(), v.regex(/^[a-z]{2}$/, 'an ISO 639-1 code such as "de"')))),
    modality: v.optional(some(v.picklist(MODALITIES))),
    tools: v.optional(v.boolean()),
    stream: v.optional(v.boolean()),
    complexity: v.optional(Range),
    promptTokens: v.optional(Range),
    turns: v.optional(Range),
  },
  some(v.pipe(v.string(), v.regex(/^[^*]*\*?$/, 'a text, with "*" only at its end, for anything that follows'))),
)
const KNOWN_WHEN = new Set(Object.keys(WhenSchema.entries))
// Types cannot say "every other key" beside known ones of another kind, so the type of the condition itself stands in for it
const WhenChecked = v.pipe(
  WhenSchema,
  v.check(
    when => Object.keys(when).every(key => KNOWN_WHEN.has(key) || /^(metadata|claims)\.[^.]+$/.test(key)),
    `only ${[...KNOWN_WHEN].join(', ')}, metadata.<name> and claims.<name>`,
  ),
) as v.GenericSchema<unknown> as v.GenericSchema<When>

/** A guess, or what was measured and on how much. */
const Figure = v.union([
  Share,
  v.strictObject({ value: Share, evidence: v.pipe(v.number(), v.minValue(0)), interval: v.optional(v.tuple([Share, Share])) }),
])
const FIGURES = { accuracy: v.optional(Figure), creativity: v.optional(Figure), ethics: v.optional(Figure) }
const ProfileSchema = v.strictObject({
  ...FIGURES,
  topics: v.optional(v.record(v.picklist(TOPICS), v.strictObject(FIGURES))),
  // What a profiling run writes down beside; the live figures count
  speed: v.optional(v.unknown()),
})

const ModelSchema = v.pipe(
  v.strictObject({
    provider: v.picklist(PROVIDERS),
    model: v.pipe(v.string(), v.nonEmpty('a name')),
    baseUrl: v.optional(HttpUrl),
    headers: v.optional(v.record(HeaderName, HeaderValue)),
    secret: v.optional(SecretName),
    weight: v.optional(Positive),
    maxInFlight: v.optional(Count),
    contextWindow: v.optional(Count),
    capabilities: v.optional(v.array(v.picklist(CAPABILITIES))),
    price: v.optional(v.strictObject({ input: v.pipe(v.number(), v.minValue(0)), output: v.pipe(v.number(), v.minValue(0)) })),
    profile: v.optional(ProfileSchema),
    firstTokenMs: v.optional(Ms),
    state: v.optional(v.picklist(MODEL_STATES)),
  }),
  v.forward(
    v.check(
      model => model.provider !== 'openai-compatible' || model.baseUrl !== undefined,
      'the URL of the upstream, since "openai-compatible" has no default',
    ),
    ['baseUrl'],
  ),
  v.forward(
    v.check(
      model => model.provider !== 'anthropic' || model.capabilities?.includes('embeddings') !== true,
      'capabilities without "embeddings", which Anthropic does not offer',
    ),
    ['capabilities'],
  ),
)

const RouteSchema = v.strictObject({
  name: Id,
  when: v.optional(WhenChecked),
  use: some(Id),
  fallback: v.optional(v.array(Id)),
  strategy: v.optional(v.picklist(STRATEGIES)),
  priority: v.optional(v.picklist(PRIORITIES)),
  hedge: v.optional(v.boolean()),
  explore: v.optional(v.strictObject({ minShare: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)), 0.01) })),
})

const LimitsSchema = v.strictObject({
  attempts: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(10)), 3),
  firstTokenMs: v.optional(Ms, 20_000),
  idleMs: v.optional(Ms, 30_000),
  totalMs: v.optional(Ms, 300_000),
  keepAliveMs: v.optional(v.pipe(Whole, v.minValue(0), v.maxValue(3_600_000)), 15_000),
  bodyBytes: v.optional(v.pipe(Whole, v.minValue(1_000), v.maxValue(40_000_000)), 10_000_000),
})

const AccessSchema = v.strictObject({
  origins: v.optional(v.array(Origin), []),
  keys: v.optional(SecretName, 'ROUTER_KEYS'),
  upstreams: v.optional(v.array(UpstreamHost), []),
  jwt: v.optional(v.strictObject({ jwksUrl: HttpUrl, audience: v.string(), issuer: v.optional(v.string()) })),
})

const FeedbackSchema = v.strictObject({
  halfLifeHours: v.optional(Positive, 168),
  memory: v.optional(v.pipe(Whole, v.minValue(10), v.maxValue(10_000)), 100),
})

/** `decision`: with all that it takes to make a request's decision again. */
const LOGS = ['summary', 'decision'] as const

const ConfigSchema = v.strictObject({
  models: v.pipe(
    v.record(Id, ModelSchema),
    v.check(models => Object.keys(models).length > 0, 'at least one model'),
  ),
  pools: v.optional(v.record(Id, some(Id)), {}),
  routes: v.optional(v.array(RouteSchema), []),
  strategy: v.optional(v.picklist(STRATEGIES), 'adaptive'),
  limits: v.optional(LimitsSchema, {}),
  feedback: v.optional(FeedbackSchema, {}),
  access: v.optional(AccessSchema, {}),
  log: v.optional(v.picklist(LOGS), 'summary'),
})

/** What an operator writes. */
export type ConfigInput = v.InferInput<typeof ConfigSchema>
export type Limits = Readonly<v.InferOutput<typeof LimitsSchema>>
export type Access = Readonly<v.InferOutput<typeof AccessSchema>>

export interface Route {
  readonly name: string
  readonly when: When | undefined
  /** Model ids, pools already replaced by their members, each once. */
  readonly use: readonly string[]
  readonly fallback: readonly string[]
  readonly strategy: StrategyName
  readonly priority: (typeof PRIORITIES)[number] | undefined
  readonly hedge: boolean
  /** Learns from feedback by trying: every model of the route is tried first for at least this share of its requests. */
  readonly explore: { readonly minShare: number } | undefined
}

export interface Config {
  readonly models: ReadonlyMap<string, Model>
  readonly pools: ReadonlyMap<string, readonly string[]>
  readonly routes: readonly Route[]
  /** How pools and shared model names are ranked. */
  readonly strategy: StrategyName
  readonly limits: Limits
  readonly access: Access
  /** What the line that is logged for each request holds. */
  readonly log: (typeof LOGS)[number]
  /** How feedback is forgotten. */
  readonly feedback: Readonly<v.InferOutput<typeof FeedbackSchema>>
  /** What is allowed but cannot be meant, e.g. a route that no request can reach. */
  readonly warnings: readonly string[]
}

export interface ConfigProblem {
  /** Path of the field, e.g. `models.gpt.weight`. */
  readonly field: string
  readonly expected: string
  readonly found: string
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
  const problems = danglingNames(parsed.output)
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

type Parsed = v.InferOutput<typeof ConfigSchema>

/** Where a text, put there by mistake, may be a key; and every caller can read what is wrong. */
const mayBeKey = (field: string, text: string): boolean =>
  /(^|\.)(secret|headers|keys)(\.|$)/.test(field) || (/(baseUrl|jwksUrl)$/.test(field) && /[@?]/.test(text))

function problemOf(issue: v.BaseIssue<unknown>): ConfigProblem {
  const field = issue.path?.map(({ key }) => String(key) || '""').join('.') ?? 'the configuration'
  const ownWords = issue.message.startsWith('Invalid') ? undefined : issue.message
  const isText = issue.received.startsWith('"')
  const found = isText && mayBeKey(field, issue.received) ? 'another text' : redact(issue.received)
  return { field, expected: ownWords ?? issue.expected ?? 'another value', found }
}

/** Names that nothing carries, and names that would carry two things. */
function danglingNames(config: Parsed): ConfigProblem[] {
  const models = Object.keys(config.models)
  const pools = Object.keys(config.pools)
  const problems: ConfigProblem[] = []
  const mustExist = (field: string, name: string, names: readonly string[], what: string) => {
    if (!names.includes(name)) problems.push({ field, expected: `${what}: ${names.join(', ')}`, found: `"${name}"` })
  }
  for (const [pool, members] of Object.entries(config.pools))
    for (const [at, name] of members.entries()) mustExist(`pools.${pool}.${at}`, name, models, 'the id of a model')
  for (const [at, route] of config.routes.entries()) {
    for (const [i, name] of route.use.entries())
      mustExist(`routes.${at}.use.${i}`, name, [...models, ...pools], 'a model or pool')
    for (const [i, name] of (route.fallback ?? []).entries())
      mustExist(`routes.${at}.fallback.${i}`, name, [...models, ...pools], 'a model or pool')
  }
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
  for (const name of pools) claim(`pools.${name}`, name)
  for (const [at, route] of config.routes.entries()) claim(`routes.${at}.name`, route.name)
  return problems
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

function capabilitiesOf({ provider, model, capabilities }: Parsed['models'][string]): Model['capabilities'] {
  if (capabilities !== undefined) return new Set(capabilities)
  return provider !== 'anthropic' && isEmbedder(model) ? new Set(['embeddings']) : undefined
}

function resolve(config: Parsed): Config {
  const pools = new Map(Object.entries(config.pools))
  const expand = (names: readonly string[]): string[] => [...new Set(names.flatMap(name => pools.get(name) ?? [name]))]
  const models = Object.entries(config.models).map(([id, model]): [string, Model] => {
    const known = knownModel(model.provider, model.model)
    return [
      id,
      Object.freeze<Model>({
        id,
        provider: model.provider,
        name: model.model,
        baseUrl: (model.baseUrl ?? DEFAULT_BASE_URL[model.provider]).replace(/\/+$/, ''),
        headers: model.headers ?? {},
        secret: model.secret ?? DEFAULT_SECRET[model.provider],
        weight: model.weight ?? 1,
        maxInFlight: model.maxInFlight ?? 1_000,
        contextWindow: model.contextWindow ?? known?.contextWindow,
        capabilities: capabilitiesOf(model),
        price: model.price ?? known?.price,
        profile: profileOf(model.profile),
        firstTokenMs: model.firstTokenMs,
        state: model.state ?? 'active',
      }),
    ]
  })
  const routes = config.routes.map((route): Route => {
    const use = expand(route.use)
    return Object.freeze({
      name: route.name,
      when: route.when,
      use,
      fallback: expand(route.fallback ?? []).filter(id => !use.includes(id)),
      strategy: route.strategy ?? config.strategy,
      priority: route.priority,
      hedge: route.hedge ?? false,
      explore: route.explore,
    })
  })
  // Only looked at by people, and not to be paid for by a request
  let warnings: readonly string[] | undefined
  return Object.freeze({
    models: new Map(models),
    pools,
    routes,
    strategy: config.strategy,
    limits: config.limits,
    access: config.access,
    log: config.log,
    feedback: config.feedback,
    get warnings() {
      warnings ??= unreachable(routes)
      return warnings
    },
  })
}

/** Proven, where it is: `auto` takes no request to them while the models of the earlier ones are live. */
function unreachable(routes: readonly Route[]): readonly string[] {
  const names = routes.map(({ name }) => name)
  return reachability(routes.map(({ when }) => when)).routes.flatMap((reach, at) => {
    const why = whyNotReached(reach, names)
    return why === undefined ? [] : [`routes.${at} ("${names[at]}") ${why}.`]
  })
}

function whyNotReached(reach: Reach, names: readonly string[]): string | undefined {
  switch (reach.kind) {
    case 'reached':
      return undefined
    case 'undecided':
      return 'has so many conditions before it that whether a request can reach it was not decided in bounded time'
    case 'unreachable': {
      const by = reach.by.map(at => `"${names[at]}"`)
      if (by.length === 0) return 'is never reached: no request meets all of its own conditions'
      const [last] = by.slice(-1)
      const which = by.length === 1 ? last : `${by.slice(0, -1).join(', ')} or ${last}`
      return `is never reached: whatever it matches, ${which} matches before it`
    }
  }
}
