/** A line of the log with a decision in it, read again: whoever sends it may have changed it on the way. */
import * as v from 'valibot'
import { MODALITIES, TASKS, TOPICS } from '../context/features'
import { isObject } from '../json'
import { PRIORITIES } from '../model'
import type { DecisionRecord, Outcome } from '../router/record'
import { DECIDES } from '../strategy/load-use'
import { STRATEGIES } from '../strategy/strategy'

const count = v.pipe(v.number(), v.minValue(0))
const guess = <T extends v.GenericSchema>(value: T) => v.object({ value: v.optional(value), confidence: v.number() })

const FeaturesSchema = v.pipe(
  v.object({
    language: guess(v.string()),
    topic: guess(v.picklist(TOPICS)),
    task: guess(v.picklist(TASKS)),
    complexity: guess(v.number()),
    modalities: v.array(v.picklist(MODALITIES)),
    tools: v.boolean(),
    jsonSchema: v.boolean(),
    stream: v.boolean(),
    promptTokens: count,
    turns: count,
    maxOutputTokens: v.exactOptional(count),
  }),
  // JSON leaves out what is undefined
  v.transform(({ language, topic, task, complexity, ...rest }): DecisionRecord['features'] => ({
    ...rest,
    language: { value: undefined, ...language },
    topic: { value: undefined, ...topic },
    task: { value: undefined, ...task },
    complexity: { value: undefined, ...complexity },
  })),
)

const LoadSchema = v.object({
  inFlight: v.exactOptional(count),
  told: v.exactOptional(count),
  waitingTokens: v.exactOptional(count),
  firstToken: v.exactOptional(v.object({ baseMs: v.number(), slopeMsPerToken: v.number(), ahead: v.exactOptional(v.number()) })),
  slowdown: v.exactOptional(v.number()),
  perTokenMs: v.exactOptional(v.number()),
  concurrency: v.exactOptional(v.number()),
  answerMs: v.exactOptional(v.number()),
  answerTokens: v.exactOptional(v.object({ median: v.number(), spread: v.number() })),
  cached: v.exactOptional(v.object({ first: v.number(), home: v.number(), away: v.number() })),
  usualHeadroom: v.exactOptional(v.number()),
  quota: v.exactOptional(v.object({ left: v.number(), refillMs: v.number() })),
  p95Ratio: v.exactOptional(v.number()),
  failureRate: v.exactOptional(v.number()),
  recentFailures: v.exactOptional(count),
  headroom: v.exactOptional(v.object({ share: v.number(), forMs: v.number() })),
  ejectedForMs: v.exactOptional(count),
  probe: v.exactOptional(v.boolean()),
})

const EvidenceSchema = v.object({ sum: v.number(), count: v.number(), atMs: v.number() })

const RecordSchema = v.object({
  work: v.picklist(['chat', 'embeddings']),
  asked: v.object({
    model: v.string(),
    models: v.nullable(v.array(v.string())),
    strategy: v.nullable(v.picklist(STRATEGIES)),
    priority: v.nullable(v.picklist(PRIORITIES)),
    deadlineMs: v.exactOptional(v.nullable(count)),
  }),
  features: FeaturesSchema,
  bound: v.nullable(
    v.object({
      dialect: v.picklist(['openai', 'openai-responses', 'anthropic', 'google']),
      field: v.string(),
      why: v.exactOptional(v.string()),
    }),
  ),
  metadata: v.record(v.string(), v.array(v.string())),
  claims: v.record(v.string(), v.array(v.string())),
  regions: v.nullable(v.array(v.string())),
  hashKey: v.string(),
  lastModel: v.nullable(v.string()),
  isPopular: v.exactOptional(v.boolean()),
  nowMs: v.number(),
  seed: v.pipe(v.number(), v.integer(), v.minValue(0)),
  turn: v.pipe(v.number(), v.integer()),
  place: v.string(),
  view: v.nullable(v.object({ ageMs: v.number(), arrivalsPerSecond: v.number(), meanPromptTokens: v.number() })),
  decided: v.exactOptional(
    v.object({
      mode: v.picklist(DECIDES),
      by: v.picklist(['tracker', 'isolate']),
      waitedMs: v.number(),
      spared: v.exactOptional(v.literal(true)),
    }),
  ),
  loads: v.record(v.string(), LoadSchema),
  feedback: v.record(v.string(), v.record(v.string(), v.record(v.string(), EvidenceSchema))),
  // Only held against what comes out now
  outcome: v.custom<Outcome>(isObject, 'the outcome'),
  isCut: v.boolean(),
})

/** A line, as it was written, and besides what to replay it under. */
export const DecisionLineSchema = v.object({
  configHash: v.string(),
  decision: v.optional<v.GenericSchema<unknown, DecisionRecord>>(RecordSchema),
  config: v.optional(v.picklist(['recorded', 'current']), 'recorded'),
})
