/** What a configuration may say, field by field, with the words for what is wrong. */
import * as v from 'valibot'
import type { When } from '../context/condition'
import { MODALITIES, TASKS, TOPICS } from '../context/features'
import type { Credential } from '../credential'
import { CAPABILITIES, MODEL_STATES, PRIORITIES, PROVIDERS, REGION } from '../model'
import { DECIDES } from '../strategy/load-use'
import { STRATEGIES } from '../strategy/strategy'
import { HeadersSchema } from './headers'
import { SecretHeadersSchema } from './secret-headers'
import { SecretName } from './secret-name'

/** Letters that may stand in a header, in a metrics label and in a URL, since an id appears in all three. */
export const Id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,99}$/, 'a name of letters, digits and . _ : / @ -'))
const Whole = v.pipe(v.number(), v.integer('a whole number'))
const Positive = v.pipe(v.number(), v.finite(), v.gtValue(0))
const Count = v.pipe(Whole, v.minValue(1))
const Ms = v.pipe(Whole, v.minValue(1), v.maxValue(3_600_000))
const Amount = v.pipe(v.number(), v.finite(), v.minValue(0))
const Share = v.pipe(v.number(), v.minValue(0), v.maxValue(1))
const RegionName = v.pipe(v.string(), v.regex(REGION, 'a label such as "eu", of lower-case letters, digits and -'))
/** What a path can be put behind. */
const isHttpUrl = (text: string): boolean => {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url !== undefined && url.username === '' && !/[?#\s]/.test(text)
  return isPlain && (url.protocol === 'https:' || url.protocol === 'http:')
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
const Figure = v.union([Share, v.strictObject({ value: Share, evidence: Amount, interval: v.optional(v.tuple([Share, Share])) })])
const FIGURES = { accuracy: v.optional(Figure), creativity: v.optional(Figure), ethics: v.optional(Figure) }
const ProfileSchema = v.strictObject({
  ...FIGURES,
  topics: v.optional(v.record(v.picklist(TOPICS), v.strictObject(FIGURES))),
  // What a profiling run writes down beside; the live figures count
  speed: v.optional(v.unknown()),
})

const CREDENTIAL = {
  secret: v.optional(SecretName),
  weight: v.optional(Positive),
  region: v.optional(RegionName),
  baseUrl: v.optional(HttpUrl),
  headers: v.optional(HeadersSchema),
  secretHeaders: v.optional(SecretHeadersSchema),
  maxInFlight: v.optional(Count),
  state: v.optional(v.picklist(MODEL_STATES)),
} satisfies Readonly<Record<keyof Credential, v.GenericSchema>>
export const CREDENTIAL_FIELDS: readonly string[] = Object.keys(CREDENTIAL)

/** Without a colon, which separates it from its model's id. */
const CredentialName = v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,49}$/, 'a name of letters, digits and . _ -'))

const ModelSchema = v.pipe(
  v.strictObject({
    provider: v.picklist(PROVIDERS),
    model: v.pipe(v.string(), v.nonEmpty('a name'), v.regex(/^\P{Cc}*$/u, 'a name in one line, since it stands in headers')),
    baseUrl: v.optional(HttpUrl),
    headers: v.optional(HeadersSchema),
    secretHeaders: v.optional(SecretHeadersSchema),
    secret: v.optional(SecretName),
    credentials: v.optional(
      v.pipe(
        v.record(CredentialName, v.strictObject(CREDENTIAL)),
        v.check(credentials => Object.keys(credentials).length > 0, 'at least one credential'),
      ),
    ),
    region: v.optional(RegionName),
    weight: v.optional(Positive),
    maxInFlight: v.optional(Count),
    contextWindow: v.optional(Count),
    capabilities: v.optional(v.array(v.picklist(CAPABILITIES))),
    price: v.optional(v.strictObject({ input: Amount, output: Amount })),
    profile: v.optional(ProfileSchema),
    firstTokenMs: v.optional(Ms),
    state: v.optional(v.picklist(MODEL_STATES)),
  }),
  v.forward(
    v.check(
      ({ provider, baseUrl, credentials = {} }) =>
        provider !== 'openai-compatible' ||
        baseUrl !== undefined ||
        (Object.keys(credentials).length > 0 && Object.values(credentials).every(own => own.baseUrl !== undefined)),
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
  decide: v.optional(v.picklist(DECIDES)),
  priority: v.optional(v.picklist(PRIORITIES)),
  hedge: v.optional(v.boolean()),
  regions: v.optional(some(RegionName)),
  canary: v.optional(v.strictObject({ use: some(Id), share: Share })),
  explore: v.optional(v.strictObject({ minShare: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)), 0.01) })),
})

const LimitsSchema = v.strictObject({
  attempts: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(10)), 3),
  firstTokenMs: v.optional(Ms, 20_000),
  patience: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(100)), 4),
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

/** More would leave each with so few isolates that it is exchanges that take the time. */
const MAX_SHARDS = 32

const TrackerSchema = v.strictObject({
  shards: v.optional(v.pipe(Whole, v.minValue(1), v.maxValue(MAX_SHARDS)), 1),
})

/** `decision`: with all that it takes to make a request's decision again. */
const LOGS = ['summary', 'decision'] as const
export type Log = (typeof LOGS)[number]

export const ConfigSchema = v.strictObject({
  models: v.pipe(
    v.record(Id, ModelSchema),
    v.check(models => Object.keys(models).length > 0, 'at least one model'),
  ),
  pools: v.optional(v.record(Id, some(Id)), {}),
  routes: v.optional(v.array(RouteSchema), []),
  strategy: v.optional(v.picklist(STRATEGIES), 'adaptive'),
  decide: v.optional(v.picklist(DECIDES), 'local'),
  limits: v.optional(LimitsSchema, {}),
  feedback: v.optional(FeedbackSchema, {}),
  tracker: v.optional(TrackerSchema, {}),
  access: v.optional(AccessSchema, {}),
  log: v.optional(v.picklist(LOGS), 'summary'),
})

/** What an operator writes. */
export type ConfigInput = v.InferInput<typeof ConfigSchema>
export type Limits = Readonly<v.InferOutput<typeof LimitsSchema>>
export type Access = Readonly<v.InferOutput<typeof AccessSchema>>
export type TrackerSettings = Readonly<v.InferOutput<typeof TrackerSchema>>
export type FeedbackSettings = Readonly<v.InferOutput<typeof FeedbackSchema>>
/** With every default filled in, and names that may not fit together. */
export type ParsedConfig = v.InferOutput<typeof ConfigSchema>
