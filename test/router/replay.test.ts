import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { type ConfigInput, parseConfig } from '../../src/config'
import { MODALITIES, TASKS, TOPICS } from '../../src/context/features'
import { DecisionLineSchema } from '../../src/http/decision-line'
import { CAPABILITIES, PRIORITIES } from '../../src/model'
import { configHash } from '../../src/router/config-hash'
import { decide } from '../../src/router/decide'
import { createPlan, type WorkPlan } from '../../src/router/plan'
import type { Sized } from '../../src/router/question'
import { type DecisionRecord, outcomeOf, takeNotes } from '../../src/router/record'
import { firstDifference, replay } from '../../src/router/replay'
import { RELATIONS } from '../../src/state/cached-share'
import { STRATEGIES } from '../../src/strategy/strategy'
import { type Asking, modelsNamed, planOf, questionOf } from './given'

const SEED = 99
const asked = (asking: Asking, seed = SEED): Sized => ({
  ...questionOf(asking),
  seed,
  random: createRandom(seed),
  promptTokens: 100,
})

function recordOf(plan: WorkPlan, question: Sized): DecisionRecord {
  const { question: noted, record } = takeNotes(plan, question)
  return record(decide(plan, noted))
}

/** As a line of the log comes back. */
function reread(record: DecisionRecord): DecisionRecord {
  const line: unknown = JSON.parse(JSON.stringify({ configHash: 'x', decision: record }))
  const { decision } = v.parse(DecisionLineSchema, line)
  if (decision === undefined) throw new Error('the line lost its decision')
  return decision
}

const INPUT: ConfigInput = {
  models: modelsNamed('a', 'b', 'c'),
  routes: [
    { name: 'paid', when: { 'claims.tier': ['pro', 'team-*'], 'metadata.team': ['blue'] }, use: ['c'] },
    { name: 'default', use: ['a', 'b'], fallback: ['c'], strategy: 'random' },
  ],
}
const plan = planOf(INPUT)

describe('a record', () => {
  it('comes out the same when it is made again, from the text of the log', () => {
    for (let seed = 0; seed < 50; seed++) {
      const record = recordOf(plan, asked({ loads: { a: { inFlight: 3 } } }, seed))
      expect(replay(plan, reread(record))).toMatchObject({ difference: undefined, assumedIdle: [] })
    }
  })

  it('holds the load of whom the decision looked at, as far as they are not idle', () => {
    const { loads } = recordOf(plan, asked({ model: 'a', loads: { a: { inFlight: 3 }, b: { inFlight: 9 } } }))
    expect(loads).toEqual({ a: { inFlight: 3 }, '#account:a': {}, '#place:openai-compatible@TST': {} })
  })

  it('holds of metadata and claims what conditions list, and hides the rest, which decides nothing', () => {
    const claims = { tier: ['secret-tier', 'team-7', 'pro'], email: 'ann@example.com' }
    const record = recordOf(plan, asked({ claims, fields: { metadata: { team: 'ann was here', note: 'private' } } }))
    expect(record).toMatchObject({ claims: { tier: ['team-7', 'pro', '\ufffd'] }, metadata: { team: ['\ufffd'] } })
    expect(JSON.stringify(record)).not.toMatch(/secret-tier|ann|private|email|note/)
    expect(replay(plan, reread(record)).difference).toBeUndefined()
  })

  it('holds no name that nobody here has whole: a key may have been put there', () => {
    const record = recordOf(plan, asked({ model: `sk-${'x'.repeat(200)}` }))
    expect(record.asked.model).toBe('[key]…')
    expect(record.outcome).toEqual({ refused: { status: 404, code: 'model_not_found', param: 'model' } })
    expect(replay(plan, reread(record)).difference).toBeUndefined()
  })

  it('is bounded, and says when it is cut', () => {
    const ids = Array.from({ length: 150 }, (_, index) => `model-${index}`)
    const large = planOf({ models: modelsNamed(...ids) })
    const record = recordOf(large, asked({ loads: Object.fromEntries(ids.map(id => [id, { inFlight: 1 }])) }))
    expect(record).toMatchObject({ isCut: true, loads: {} })
    expect('ranking' in record.outcome ? record.outcome.ranking.length : 0).toBe(100)
    expect(JSON.stringify(record).length).toBeLessThan(20_000)
    expect(recordOf(plan, asked({})).isCut).toBe(false)
  })

  it('of feedback holds what the strategy looked at', () => {
    const evidence = { accuracy: { '*': { sum: 8, count: 10, atMs: 1_700_000_000_000 } } }
    const feedback = { a: evidence, c: evidence }
    expect(recordOf(plan, asked({ feedback })).feedback).toEqual({})
    const record = recordOf(plan, asked({ feedback, model: 'a', controls: { strategy: 'model-aware' } }))
    expect(record.feedback).toEqual({ a: evidence })
    expect(replay(plan, reread(record)).difference).toBeUndefined()
  })
})

describe('a replay', () => {
  it('names the first difference where the decision comes out otherwise', () => {
    const record = reread(recordOf(plan, asked({ model: 'a' })))
    const other = planOf({
      models: { ...modelsNamed('a'), b: { provider: 'openai-compatible', model: 'a', baseUrl: 'https://b.example' } },
    })
    expect(replay(other, record).difference).toBeUndefined()
    expect(replay(planOf({ models: modelsNamed('b') }), record).difference).toEqual({
      path: 'route',
      recorded: 'a',
      replayed: null,
    })
    const busy = { ...record, loads: { ...record.loads, a: { ejectedForMs: 500 } } }
    expect(replay(plan, busy).difference).toEqual({ path: 'panic', recorded: false, replayed: true })
  })

  it('takes whom the record does not know to be idle, and says so', () => {
    const record = reread(recordOf(plan, asked({ model: 'default' })))
    const more = planOf({
      ...INPUT,
      models: modelsNamed('a', 'b', 'c', 'd'),
      routes: [{ name: 'default', use: ['a', 'b', 'c', 'd'] }],
    })
    expect(replay(more, record).assumedIdle).toEqual(['d', '#account:d'])
  })

  it.each<[unknown, unknown, string | undefined]>([
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }, undefined],
    [{ a: 1, b: undefined }, { a: 1 }, undefined],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }, 'a.1.b'],
    [{ a: [1] }, { a: [1, 2] }, 'a.1'],
    [{ a: [] }, { a: {} }, 'a'],
    [{ a: null }, { a: {} }, 'a'],
    [1, '1', ''],
  ])('of %j against %j finds the difference at %j', (recorded, replayed, path) => {
    expect(firstDifference(recorded, replayed)?.path).toBe(path)
  })
})

describe('the hash of a configuration', () => {
  const hashOf = (input: ConfigInput, dead: readonly string[] = [], overlay = 0) => configHash(planOf(input, dead), overlay)

  it('is the same for the same configuration, and another for any other', () => {
    const hash = hashOf(INPUT)
    expect(hash).toMatch(/^[0-9a-f]{16}$/)
    expect(hashOf({ ...INPUT })).toBe(hash)
    const [a, b] = INPUT.routes ?? []
    if (a === undefined || b === undefined) throw new Error('two routes')
    const others: ConfigInput[] = [
      { ...INPUT, models: modelsNamed('b', 'a', 'c') },
      { ...INPUT, strategy: 'random' },
      { ...INPUT, pools: { all: ['a'] } },
      { ...INPUT, routes: [b, a] },
      { ...INPUT, routes: [a, { ...b, hedge: true }] },
      { ...INPUT, limits: { attempts: 2 } },
      { ...INPUT, feedback: { memory: 50 } },
    ]
    expect(new Set([hash, hashOf(INPUT, ['a']), hashOf(INPUT, [], 1), ...others.map(input => hashOf(input))]).size).toBe(
      3 + others.length,
    )
  })

  it('does not depend on what decides nothing: what is logged, and what headers hold', () => {
    const withHeader = (value: string): ConfigInput => ({
      models: { a: { provider: 'openai', model: 'm', headers: { 'x-tenant': value } } },
    })
    expect(hashOf({ ...INPUT, log: 'decision' })).toBe(hashOf(INPUT))
    expect(hashOf(withHeader('one'))).toBe(hashOf(withHeader('other')))
  })

  it('goes by the names of secrets, those of headers too', () => {
    const withSecret = (...headers: readonly [string, string][]): ConfigInput => ({
      models: { a: { provider: 'openai', model: 'm', secretHeaders: Object.fromEntries(headers) } },
    })
    const hashes = [withSecret(), withSecret(['x-a', 'ONE']), withSecret(['x-a', 'TWO']), withSecret(['x-b', 'ONE'])]
    expect(new Set(hashes.map(input => hashOf(input))).size).toBe(hashes.length)
    expect(hashOf(withSecret(['X-A', 'ONE']))).toBe(hashOf(withSecret(['x-a', 'ONE'])))
  })
})

describe('whatever the configuration, the load and the request', () => {
  const IDS = ['a', 'b', 'c', 'd', 'e'] as const
  const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
  const usually = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 8 })
  /** Alike over the range; a double of fast-check's own is nearly always next to nothing, and its edges are worth a few runs. */
  const between = (min: number, max: number) =>
    fc.oneof(
      { weight: 4, arbitrary: fc.nat(1_000_000_007).map(part => min + (part / 1_000_000_007) * (max - min)) },
      { weight: 1, arbitrary: fc.double({ min, max, noNaN: true }) },
    )
  const share = between(0, 1)
  const number = (max: number) => between(0, max)
  const pick = fc.oneof(
    { weight: 2, arbitrary: fc.subarray([...IDS], { minLength: 3 }) },
    fc.subarray([...IDS], { minLength: 1 }),
  )
  /** Leaves out what is undefined, since an absent field and an undefined one are not the same to a configuration. */
  const present = <T extends object>(fields: T) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

  const planFrom = (input: unknown, dead: readonly string[]) => {
    const parsed = parseConfig(input)
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure))
    return createPlan(parsed.value, ({ id }) => (dead.includes(id) ? ['A_SECRET'] : []))
  }

  const models = fc.record({
    provider: fc.constantFrom('openai', 'anthropic', 'google'),
    model: fc.constantFrom('m1', 'm2', 'm3'),
    weight: between(0.1, 10),
    maxInFlight: fc.integer({ min: 10, max: 60 }),
    contextWindow: seldom(fc.integer({ min: 50, max: 5_000 })),
    capabilities: seldom(fc.subarray(CAPABILITIES.filter(name => name !== 'embeddings'))),
    price: maybe(fc.record({ input: number(10), output: number(50) })),
    profile: fc.record({ accuracy: share, creativity: share, ethics: share }),
    region: maybe(fc.constantFrom('eu', 'us')),
    credentials: seldom(
      fc.record({
        x: fc.record({ weight: fc.integer({ min: 1, max: 5 }) }),
        y: fc.constant({ secret: 'OTHER_KEY', region: 'eu' }),
      }),
    ),
    state: fc.oneof({ weight: 8, arbitrary: fc.constant('active') }, fc.constantFrom('draining', 'disabled')),
  })
  const when = fc.record({
    topic: maybe(fc.subarray([...TOPICS], { minLength: 1 })),
    tools: maybe(fc.boolean()),
    complexity: maybe(share.map(gte => ({ gte }))),
    'claims.tier': maybe(fc.subarray(['pro', 'free', 'team-*'], { minLength: 1 })),
    'metadata.team': maybe(fc.constant(['blue', 'r*'])),
  })
  const routes = fc.record({
    when: when.map(present),
    use: pick,
    fallback: fc.subarray([...IDS]),
    strategy: fc.constantFrom(...STRATEGIES, 'adaptive', 'adaptive'),
    priority: maybe(fc.constantFrom(...PRIORITIES)),
    regions: seldom(fc.constantFrom(['eu'], ['us'], ['eu', 'us'])),
    canary: maybe(fc.record({ use: pick, share: fc.constantFrom(0.5, 1) })),
    explore: maybe(fc.record({ minShare: between(0, 0.5) })),
  })
  const configs = fc
    .record({
      models: fc.array(models, { minLength: IDS.length, maxLength: IDS.length }),
      routes: fc.array(routes, { maxLength: 4 }),
      strategy: fc.constantFrom(...STRATEGIES, 'adaptive', 'adaptive'),
      pool: pick,
      dead: fc.subarray([...IDS], { maxLength: 2 }),
    })
    .map(({ models: all, routes: some, strategy, pool, dead }) => {
      const input = {
        strategy,
        models: Object.fromEntries(IDS.map((id, index) => [id, present(all[index] ?? {})])),
        pools: { pool },
        routes: some.map(({ explore, canary, regions, ...route }, index) => {
          const others = canary?.use.filter(id => !route.use.includes(id)) ?? []
          return present({
            name: `route-${index}`,
            ...route,
            // Of regions only those that a model is in
            regions: regions?.every(name => all.some(({ region }) => region === name)) ? regions : undefined,
            canary: others.length > 0 ? { ...canary, use: others } : undefined,
            explore: route.strategy === 'model-aware' ? explore : undefined,
          })
        }),
      }
      return { input, dead }
    })

  const loads = fc.record({
    inFlight: fc.oneof(fc.nat(3), fc.nat(25)),
    waitingTokens: fc.oneof(fc.constant(0), fc.nat(2_000), fc.nat(50_000)),
    told: fc.integer({ min: 0, max: 25 }),
    firstToken: usually(
      fc.record({ baseMs: number(3_000), slopeMsPerToken: number(2), ahead: maybe(share) }).map(({ ahead, ...line }) => {
        return { ...line, ...(ahead !== undefined && { ahead }) }
      }),
    ),
    slowdown: fc.oneof(fc.constant(1), between(0.1, 10)),
    perTokenMs: usually(number(100)),
    concurrency: maybe(fc.integer({ min: 1, max: 30 })),
    answerMs: maybe(number(20_000)),
    answerTokens: usually(fc.record({ median: between(1, 2_000), spread: number(2) })),
    cached: usually(fc.record({ first: share, home: share, away: number(0.3) })),
    usualHeadroom: maybe(share),
    quota: maybe(fc.record({ left: fc.oneof(fc.constant(0), between(-3, 60)), refillMs: between(1, 60_000) })),
    p95Ratio: maybe(between(1, 10)),
    failureRate: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.constant(1), share),
    recentFailures: fc.oneof(fc.constant(0), number(5)),
    headroom: fc.option(fc.record({ share: fc.oneof(fc.constant(0), share), forMs: number(60_000) })),
    ejectedForMs: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: number(300_000) }),
    probe: fc.boolean(),
  })
  const guess = <T>(value: fc.Arbitrary<T>) => fc.record({ value: maybe(value), confidence: share })
  const evidence = fc.record({
    sum: number(50),
    count: between(50, 100),
    atMs: fc.constant(1_699_999_000_000),
  })
  const questions = fc.record({
    model: fc.constantFrom(
      'auto',
      'auto',
      'auto',
      'pool',
      'pool',
      'pool',
      'a',
      'a:y',
      'm1',
      'route-0',
      'route-0',
      'route-0',
      'nobody',
    ),
    controls: fc.record({
      strategy: maybe(fc.constantFrom(...STRATEGIES, 'adaptive', 'adaptive')),
      priority: maybe(fc.constantFrom(...PRIORITIES)),
      models: fc.constantFrom(undefined, undefined, ['pool', 'c'], ['pool']),
      deadlineMs: seldom(fc.integer({ min: 1, max: 60_000 })),
    }),
    features: fc.record({
      language: guess(fc.constantFrom('en', 'de')),
      topic: guess(fc.constantFrom(...TOPICS)),
      task: guess(fc.constantFrom(...TASKS)),
      complexity: guess(share),
      modalities: fc.oneof({ weight: 3, arbitrary: fc.constant([MODALITIES[0]]) }, fc.subarray([...MODALITIES])),
      tools: fc.boolean(),
      promptTokens: fc.integer({ min: 1, max: 6_000 }),
      turns: fc.constantFrom(1, 2, 20),
      maxOutputTokens: maybe(fc.integer({ min: 1, max: 4_000 })),
    }),
    claims: fc.constantFrom({}, { tier: 'pro' }, { tier: ['team-1', 'x', 3] }, { tier: { a: 1 } }, { tier: [] }),
    regions: seldom(fc.constantFrom(['eu'], ['eu'], ['us', 'mars'], ['mars'], [])),
    metadata: fc.constantFrom({}, { team: 'blue' }, { team: 'red' }, { team: 'a b' }, { other: 'x' }),
    hashKey: fc.constantFrom('00000000000000aa', 'ffffffffffffffff', '0123456789abcdef'),
    // By another isolate's word, it may be a model that is not in the running, or a single credential
    lastModel: fc.constantFrom(undefined, ...IDS, 'a:x', 'a:y'),
    isPopular: fc.constantFrom(false, false, false, true),
    nowMs: fc.integer({ min: 1_700_000_000_000, max: 1_800_000_000_000 }),
    turn: fc.integer({ min: 0, max: 2_000_000 }),
    view: maybe(
      fc.record({
        ageMs: fc.oneof(fc.constant(0), number(1_000), number(20_000)),
        arrivalsPerSecond: fc.oneof(number(20), number(500)),
        meanPromptTokens: number(5_000),
      }),
    ),
    loads: fc.dictionary(fc.constantFrom(...IDS, 'a:x', 'a:y', 'b:x', '#account:OPENAI_API_KEY', '#place:google@TST'), loads, {
      minKeys: 6,
    }),
    feedback: fc.dictionary(
      fc.constantFrom(...IDS),
      fc.record({ accuracy: fc.dictionary(fc.constantFrom('*', 'coding'), evidence) }),
    ),
  })

  /** A conversation that goes on, among models that are about as busy: nothing but where it was decides where it goes. */
  const alike = fc.record({
    inFlight: fc.nat(3),
    firstToken: fc.record({ baseMs: between(300, 400), slopeMsPerToken: between(0.5, 1) }),
    cached: fc.record({ first: share, home: between(0.5, 1), away: number(0.3) }),
  })
  const turnsOfConversations = fc
    .record({
      question: questions,
      all: fc.record({ a: alike, b: alike, c: alike, d: alike, e: alike }),
      size: fc.integer({ min: 1_024, max: 6_000 }),
    })
    .map(({ question: { controls, features, ...rest }, all, size }) => ({
      ...rest,
      model: 'pool',
      controls: { ...controls, strategy: 'adaptive' as const, models: undefined, deadlineMs: undefined },
      features: { ...features, promptTokens: size, turns: 2 },
      loads: { ...rest.loads, ...all },
    }))

  /** What may change a decision, with the question that lacks it. */
  const lacking = (asking: Asking): readonly (readonly [what: string, Asking])[] => [
    ['a deadline', { ...asking, controls: { ...asking.controls, deadlineMs: undefined } }],
    ['an answer limit', { ...asking, features: { ...asking.features, maxOutputTokens: undefined } }],
    ['a placement', { ...asking, lastModel: undefined }],
    ['popularity', { ...asking, isPopular: false }],
    ['caches', { ...asking, loads: mapped(asking.loads ?? {}, load => ({ ...load, cached: undefined })) }],
    ['lengths', { ...asking, loads: mapped(asking.loads ?? {}, load => ({ ...load, answerTokens: undefined })) }],
  ]
  const mapped = <T>(rows: Readonly<Record<string, T>>, change: (row: T) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(rows).map(([id, row]) => [id, change(row)]))

  it('a decision that is recorded, written down as text, read and made again is the same, bit for bit', () => {
    const seen = new Map<string, number>()
    const see = (kind: string) => seen.set(kind, (seen.get(kind) ?? 0) + 1)
    fc.assert(
      fc.property(
        configs,
        fc.oneof({ weight: 4, arbitrary: questions }, turnsOfConversations),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        ({ input, dead }, { turn, ...asking }, seed) => {
          const made = planFrom(input, dead)
          const question = asked({ ...asking, turn: () => turn }, seed)
          const { question: noted, record: recordFrom } = takeNotes(made, question)
          const decided = decide(made, noted)
          // Taking notes changes nothing
          expect(decide(made, asked({ ...asking, turn: () => turn }, seed))).toEqual(decided)
          const record = recordFrom(decided)
          const again = replay(planFrom(input, dead), reread(record))
          expect(again.difference).toBeUndefined()
          expect(again.assumedIdle).toEqual([])
          expect(again.decided.ok).toBe(decided.ok)
          const kinds = decided.ok
            ? [decided.value.strategy, decided.value.canary ? 'canary' : '', decided.value.regions === undefined ? '' : 'regions']
            : ['refused', decided.failure.code]
          for (const kind of kinds) see(kind ?? '')
          if (!decided.ok || !again.decided.ok) return
          const ranked = (of: typeof decided.value) =>
            of.ranking.map(({ model, score, relation, isExpected }) => [model.id, score, relation, isExpected])
          expect(ranked(again.decided.value)).toEqual(ranked(decided.value))
          for (const relation of new Set(decided.value.ranking.map(each => each.relation))) see(relation ?? '')
          for (const [what, other] of lacking(asking)) {
            const otherwise = decide(made, asked({ ...other, turn: () => turn }, seed))
            if (firstDifference(outcomeOf(decided), outcomeOf(otherwise)) !== undefined) see(what)
          }
          expect(again.decided.value.excluded.map(({ exclusion }) => exclusion)).toEqual(
            decided.value.excluded.map(({ exclusion }) => exclusion),
          )
        },
      ),
      { seed: 3, numRuns: 2_500 },
    )
    // or the property would have claimed nothing of some
    const decisive = lacking({}).map(([what]) => what)
    for (const kind of [...STRATEGIES, ...RELATIONS, ...decisive, 'listed', 'refused', 'canary', 'regions', 'no_model_in_region'])
      expect(seen.get(kind) ?? 0, kind).toBeGreaterThan(10)
  }, 60_000)
})
