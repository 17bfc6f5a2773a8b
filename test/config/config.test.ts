import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ConfigProblem, parseConfig } from '../../src/config'
import defaults from '../../src/router.config'

const MODELS = { gpt: { provider: 'openai', model: 'gpt-5.2' }, claude: { provider: 'anthropic', model: 'claude-sonnet-5' } }
const gpt = (fields: Record<string, unknown>) => ({ models: { gpt: { ...MODELS.gpt, ...fields } } })
const route = (fields: Record<string, unknown>) => ({ models: MODELS, routes: [{ name: 'r', use: ['gpt'], ...fields }] })
const when = (condition: Record<string, unknown>) => route({ when: condition })

function problems(input: unknown): readonly ConfigProblem[] {
  const parsed = parseConfig(input)
  if (parsed.ok) throw new Error('it is accepted')
  return parsed.failure
}
function config(input: unknown) {
  const parsed = parseConfig(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure))
  return parsed.value
}

describe('a wrong configuration', () => {
  it.each<[string, unknown, string, string, string]>([
    ['nothing', undefined, 'the configuration', 'Object', 'undefined'],
    ['null', null, 'the configuration', 'Object', 'null'],
    ['a list', [], 'models', '"models"', 'undefined'],
    ['an empty name', { models: { ...MODELS, '': MODELS.gpt } }, 'models.""', 'a name of letters, digits and . _ : / @ -', '""'],
    ['no models', {}, 'models', '"models"', 'undefined'],
    ['an empty list of models', { models: {} }, 'models', 'at least one model', 'Object'],
    ['an unknown field', { models: MODELS, rotues: [] }, 'rotues', 'never', '"rotues"'],
    ['an unknown field of a model', gpt({ wieght: 2 }), 'models.gpt.wieght', 'never', '"wieght"'],
    [
      'a name with a space',
      { models: { 'my gpt': MODELS.gpt } },
      'models.my gpt',
      'a name of letters, digits and . _ : / @ -',
      '"my gpt"',
    ],
    [
      'an unknown provider',
      gpt({ provider: 'opnai' }),
      'models.gpt.provider',
      '("openai" | "anthropic" | "google" | "openai-compatible")',
      '"opnai"',
    ],
    ['no model name', { models: { gpt: { provider: 'openai' } } }, 'models.gpt.model', '"model"', 'undefined'],
    ['an empty model name', gpt({ model: '' }), 'models.gpt.model', 'a name', '0'],
    ['no weight at all', gpt({ weight: 0 }), 'models.gpt.weight', '>0', '0'],
    ['a negative weight', gpt({ weight: -1 }), 'models.gpt.weight', '>0', '-1'],
    ['a weight in words', gpt({ weight: '2' }), 'models.gpt.weight', 'number', '"2"'],
    ['half a request', gpt({ maxInFlight: 1.5 }), 'models.gpt.maxInFlight', 'a whole number', '1.5'],
    ['a quality above 1', gpt({ profile: { accuracy: 1.2 } }), 'models.gpt.profile.accuracy', '<=1', '1.2'],
    ['a negative price', gpt({ price: { input: -1, output: 1 } }), 'models.gpt.price.input', '>=0', '-1'],
    ['half a price', gpt({ price: { input: 1 } }), 'models.gpt.price.output', '"output"', 'undefined'],
    [
      'an unknown capability',
      gpt({ capabilities: ['tools', 'sight'] }),
      'models.gpt.capabilities.1',
      '("tools" | "vision" | "json-schema" | "audio" | "documents" | "reasoning" | "embeddings" | "chat")',
      '"sight"',
    ],
    [
      'an address without a scheme',
      gpt({ baseUrl: 'api.example.com' }),
      'models.gpt.baseUrl',
      'an http(s) URL without user info or query',
      '"api.example.com"',
    ],
    [
      'an address of files',
      gpt({ baseUrl: 'file:///etc' }),
      'models.gpt.baseUrl',
      'an http(s) URL without user info or query',
      '"file:///etc"',
    ],
    [
      'a compatible upstream without an address',
      gpt({ provider: 'openai-compatible' }),
      'models.gpt.baseUrl',
      'the URL of the upstream, since "openai-compatible" has no default',
      'Object',
    ],
    ['a first-token limit above an hour', gpt({ firstTokenMs: 3_600_001 }), 'models.gpt.firstTokenMs', '<=3600000', '3600001'],
    ['a pool of nobody', { models: MODELS, pools: { fast: [] } }, 'pools.fast', 'at least one', '0'],
    [
      'a pool with an unknown model',
      { models: MODELS, pools: { fast: ['gpt', 'llama'] } },
      'pools.fast.1',
      'the id of a model: gpt, claude',
      '"llama"',
    ],
    [
      'a pool of pools',
      { models: MODELS, pools: { fast: ['gpt'], all: ['fast'] } },
      'pools.all.0',
      'the id of a model: gpt, claude',
      '"fast"',
    ],
    ['a route to nobody', route({ use: [] }), 'routes.0.use', 'at least one', '0'],
    [
      'a route to an unknown model',
      route({ use: ['gpt', 'llama'] }),
      'routes.0.use.1',
      'a model or pool: gpt, claude',
      '"llama"',
    ],
    ['an unknown fallback', route({ fallback: ['llama'] }), 'routes.0.fallback.0', 'a model or pool: gpt, claude', '"llama"'],
    [
      'a fallback that every object inherits',
      route({ fallback: ['constructor'] }),
      'routes.0.fallback.0',
      'a model or pool: gpt, claude',
      '"constructor"',
    ],
    ['a route without a name', route({ name: undefined }), 'routes.0.name', 'string', 'undefined'],
    [
      'an unknown strategy',
      route({ strategy: 'fastest' }),
      'routes.0.strategy',
      '("round-robin" | "weighted-round-robin" | "random" | "least-connections" | "adaptive" | "consistent-hash" | "model-aware" | "contextual")',
      '"fastest"',
    ],
    [
      'an unknown priority',
      route({ priority: 'beauty' }),
      'routes.0.priority',
      '("accuracy" | "speed" | "creativity" | "ethics" | "cost")',
      '"beauty"',
    ],
    [
      'an unknown topic',
      when({ topic: ['cooking'] }),
      'routes.0.when.topic.0',
      '("coding" | "math_reasoning" | "creative_writing" | "functional_writing" | "text_transform" | "knowledge_qa" | "advice_planning" | "technical_support" | "chitchat")',
      '"cooking"',
    ],
    ['a topic that is no list', when({ topic: 'coding' }), 'routes.0.when.topic', 'Array', '"coding"'],
    [
      'a language by name',
      when({ language: ['german'] }),
      'routes.0.when.language.0',
      'an ISO 639-1 code such as "de"',
      '"german"',
    ],
    ['a range of nothing', when({ complexity: {} }), 'routes.0.when.complexity', 'at least one of gte, lte, gt, lt', 'Object'],
    ['a range with another word', when({ complexity: { above: 1 } }), 'routes.0.when.complexity.above', 'never', '"above"'],
    [
      'an unknown condition',
      when({ weather: ['fair'] }),
      'routes.0.when',
      'only topic, task, language, modality, tools, stream, complexity, promptTokens, turns, metadata.<name> and claims.<name>',
      'Object',
    ],
    [
      'a claim without a name',
      when({ 'claims.': ['pro'] }),
      'routes.0.when',
      'only topic, task, language, modality, tools, stream, complexity, promptTokens, turns, metadata.<name> and claims.<name>',
      'Object',
    ],
    ['a claim that is no list', when({ 'claims.tier': 'pro' }), 'routes.0.when.claims.tier', 'Array', '"pro"'],
    ['no attempts', { models: MODELS, limits: { attempts: 0 } }, 'limits.attempts', '>=1', '0'],
    ['too many attempts', { models: MODELS, limits: { attempts: 11 } }, 'limits.attempts', '<=10', '11'],
    ['a body of no size', { models: MODELS, limits: { bodyBytes: 10 } }, 'limits.bodyBytes', '>=1000', '10'],
    [
      'a body that fills the isolate',
      { models: MODELS, limits: { bodyBytes: 100_000_000 } },
      'limits.bodyBytes',
      '<=40000000',
      '100000000',
    ],
    ['a patience below none', { models: MODELS, limits: { patience: -1 } }, 'limits.patience', '>=0', '-1'],
    ['a patience without end', { models: MODELS, limits: { patience: 101 } }, 'limits.patience', '<=100', '101'],
    ['a limit in words', { models: MODELS, limits: { totalMs: '5 min' } }, 'limits.totalMs', 'number', '"5 min"'],
    [
      'keys of an unknown source',
      { models: MODELS, access: { jwt: { jwksUrl: 'nowhere', audience: 'a' } } },
      'access.jwt.jwksUrl',
      'an http(s) URL without user info or query',
      '"nowhere"',
    ],
    [
      'a model called auto',
      { models: { auto: MODELS.gpt } },
      'models.auto',
      'a name of its own',
      '"auto", which is the name that walks the routes',
    ],
    [
      'a pool called like a model',
      { models: MODELS, pools: { gpt: ['claude'] } },
      'pools.gpt',
      'a name of its own',
      '"gpt", which is models.gpt',
    ],
    [
      'two routes of one name',
      {
        models: MODELS,
        routes: [
          { name: 'r', use: ['gpt'] },
          { name: 'r', use: ['claude'], when: { tools: true } },
        ],
      },
      'routes.1.name',
      'a name of its own',
      '"r", which is routes.0.name',
    ],
    ['text that is not JSON', '{', 'ROUTER_CONFIG', 'JSON', 'text that is not JSON'],
    ['text that is JSON of something else', '"gpt"', 'the configuration', 'Object', '"gpt"'],
  ])('%s names the field, what was expected, what was found', (_, input, field, expected, found) => {
    expect(problems(input)).toEqual([{ field, expected, found }])
  })

  it('tells every problem, not the first alone', () => {
    const several = { models: { gpt: { ...MODELS.gpt, weight: 0, maxInFlight: 0 } }, limits: { attempts: 0 } }
    expect(problems(several).map(({ field }) => field)).toEqual([
      'models.gpt.weight',
      'models.gpt.maxInFlight',
      'limits.attempts',
    ])
    const dangling = { models: MODELS, routes: [{ name: 'r', use: ['x'], fallback: ['y'] }] }
    expect(problems(dangling).map(({ field }) => field)).toEqual(['routes.0.use.0', 'routes.0.fallback.0'])
  })

  it.each([
    ['where the name of its secret belongs', gpt({ secret: 'sk-proj-abcdefghijklmnop' })],
    ['of no known shape there', gpt({ secret: '0123456789abcdef0123456789abcdef' })],
    ['among the headers', gpt({ headers: { 'api-key': ['0123456789abcdef0123456789abcdef'] } })],
    ['in an address', gpt({ baseUrl: 'https://user:0123456789abcdef@api.example.com' })],
    ['as a query', gpt({ baseUrl: 'https://api.example.com?key=0123456789abcdef' })],
    ['where the client keys are named', { models: MODELS, access: { keys: '0123456789abcdef' } }],
    ['whole as a header', gpt({ headers: { 'x-key': 'sk-proj-abcdefghijklmnop' } })],
    ['in another field', gpt({ provider: 'sk-proj-abcdefghijklmnop' })],
    ['in a header for keys', gpt({ headers: { Authorization: 'Basic 0123456789abcdef' } })],
    ['in broken JSON', '{"models":{"gpt":{"headers":{"api-key":0123456789abcdef0123}}}}'],
  ])('never quotes a key %s: whoever calls reads the problem', (_, input) => {
    const told = JSON.stringify(problems(input))
    expect(told).not.toMatch(/abcdef|0123456/)
  })
})

describe('a name that every object brings along', () => {
  it.each<[string, string, string]>([
    [
      'a model',
      'models.constructor',
      `{"models":{"constructor":${JSON.stringify(MODELS.gpt)},"gpt":${JSON.stringify(MODELS.gpt)}}}`,
    ],
    ['a model', 'models.__proto__', `{"models":{"__proto__":${JSON.stringify(MODELS.gpt)},"gpt":${JSON.stringify(MODELS.gpt)}}}`],
    ['a pool', 'pools.prototype', JSON.stringify({ models: MODELS, pools: { prototype: ['gpt'] } })],
    // Left out without a word, it would widen the route to everything
    ['a condition', 'routes.0.when.constructor', JSON.stringify(when({ tools: true, constructor: ['x'] }))],
    ['a header', 'models.gpt.headers.constructor', JSON.stringify(gpt({ headers: { constructor: 'x' } }))],
    ['a field', 'models.gpt.constructor', JSON.stringify(gpt({ constructor: 'x' }))],
  ])('is refused for %s, and said to be reserved (%s)', (_, field, text) => {
    const found = `"${field.split('.').at(-1)}"`
    expect(problems(text)).toEqual([{ field, expected: 'another name, since this one is reserved', found }])
  })

  it.each(['toString', 'valueOf', 'hasOwnProperty'])('but does no harm is as good as any (%s)', name => {
    const { models } = config({ models: { [name]: MODELS.gpt } })
    expect([...models.keys()]).toEqual([name])
  })
})

describe('ROUTER_CONFIG', () => {
  it('means the same as text and as an object', () => {
    const input = route({ when: { topic: ['coding'] }, fallback: ['claude'] })
    expect(config(JSON.stringify(input))).toEqual(config(input))
  })

  it('never throws, whatever it is', () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('models', 'pools', 'routes', 'limits', 'access', '__proto__', 'constructor'),
    )
    const anything = fc.oneof(
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true }),
      fc.json(),
      fc.string(),
      fc.dictionary(key, fc.jsonValue()),
      fc.record({ models: fc.dictionary(key, fc.anything()), routes: fc.anything(), pools: fc.anything() }, { requiredKeys: [] }),
      fc.record({
        models: fc.constant(MODELS),
        routes: fc.array(fc.record({ name: fc.string(), use: fc.array(key), when: fc.dictionary(key, fc.anything()) })),
      }),
    )
    fc.assert(
      fc.property(anything, input => {
        const parsed = parseConfig(input)
        if (!parsed.ok) expect(parsed.failure.length).toBeGreaterThan(0)
        for (const problem of parsed.ok ? [] : parsed.failure)
          expect(Object.values(problem).every(text => typeof text === 'string' && text !== '')).toBe(true)
      }),
      { seed: 20_261_124, numRuns: 2_000 },
    )
  })
})

describe('a sound configuration', () => {
  it('is complete: every default is filled in', () => {
    const { models, ...rest } = config({ models: { gpt: { provider: 'openai', model: 'nobody-knows' } } })
    expect(models.get('gpt')).toEqual({
      id: 'gpt',
      of: 'gpt',
      provider: 'openai',
      name: 'nobody-knows',
      baseUrl: 'https://api.openai.com/v1',
      headers: {},
      secret: 'OPENAI_API_KEY',
      weight: 1,
      maxInFlight: 1_000,
      contextWindow: undefined,
      capabilities: undefined,
      price: undefined,
      profile: {
        accuracy: { mean: 0.5, count: 10 },
        creativity: { mean: 0.5, count: 10 },
        ethics: { mean: 0.5, count: 10 },
        topics: {},
      },
      firstTokenMs: undefined,
      region: undefined,
      state: 'active',
    })
    expect(rest).toMatchObject({
      pools: new Map(),
      routes: [],
      strategy: 'adaptive',
      decide: 'local',
      limits: { attempts: 3, firstTokenMs: 20_000, patience: 4, idleMs: 30_000, totalMs: 300_000, bodyBytes: 10_000_000 },
      access: { origins: [], keys: 'ROUTER_KEYS' },
      warnings: [],
    })
  })

  it.each([
    ['openai', 'OPENAI_API_KEY', 'https://api.openai.com/v1'],
    ['anthropic', 'ANTHROPIC_API_KEY', 'https://api.anthropic.com'],
    ['google', 'GEMINI_API_KEY', 'https://generativelanguage.googleapis.com'],
  ])('has the address and the secret of %s', (provider, secret, baseUrl) => {
    expect(config({ models: { m: { provider, model: 'x' } } }).models.get('m')).toMatchObject({ secret, baseUrl })
  })

  it('of a compatible upstream has no secret unless it names one, and no slash at the end of its address', () => {
    const compatible = { provider: 'openai-compatible', model: 'x', baseUrl: 'http://localhost:11434/v1//' }
    const { models } = config({ models: { ollama: compatible, groq: { ...compatible, secret: 'GROQ_API_KEY' } } })
    expect(models.get('ollama')).toMatchObject({ secret: undefined, baseUrl: 'http://localhost:11434/v1' })
    expect(models.get('groq')).toMatchObject({ secret: 'GROQ_API_KEY' })
  })

  it('takes what it leaves out from the catalogue, and what it says wins', () => {
    const { models } = config({
      models: {
        known: { provider: 'openai', model: 'gpt-4o' },
        own: { provider: 'openai', model: 'gpt-4o', contextWindow: 1_000, price: { input: 0, output: 0 } },
        // Another provider's model of that name is another model
        resold: { provider: 'openai-compatible', model: 'gpt-4o', baseUrl: 'https://x.example' },
      },
    })
    expect(models.get('known')).toMatchObject({ contextWindow: 128_000, price: { input: 2.5, output: 10 } })
    expect(models.get('own')).toMatchObject({ contextWindow: 1_000, price: { input: 0, output: 0 } })
    expect(models.get('resold')).toMatchObject({ contextWindow: undefined, price: undefined })
  })

  it('has pools replaced by their members, each model once, and no fallback that is used anyway', () => {
    const { routes } = config({
      models: { ...MODELS, third: { provider: 'google', model: 'g' } },
      pools: { both: ['gpt', 'claude'] },
      routes: [{ name: 'r', use: ['claude', 'both'], fallback: ['both', 'third', 'third'] }],
    })
    expect(routes[0]).toMatchObject({ use: ['claude', 'gpt'], fallback: ['third'] })
  })

  it('may call its models what every object inherits', () => {
    const { models, routes } = config({
      models: { valueOf: MODELS.gpt, toString: MODELS.claude },
      routes: [{ name: 'hasOwnProperty', use: ['valueOf'], fallback: ['toString'] }],
    })
    expect([...models.keys()]).toEqual(['valueOf', 'toString'])
    expect(routes[0]).toMatchObject({ use: ['valueOf'], fallback: ['toString'] })
  })

  it('is frozen', () => {
    const frozen = config(route({}))
    expect(Object.isFrozen(frozen)).toBe(true)
    expect([...frozen.models.values(), ...frozen.routes].every(each => Object.isFrozen(each))).toBe(true)
  })

  it('takes conditions of every kind', () => {
    const condition = {
      topic: ['coding'],
      task: ['question'],
      language: ['de', 'en'],
      modality: ['image'],
      tools: true,
      stream: false,
      complexity: { gte: 0.7, lt: 1 },
      promptTokens: { gt: 100 },
      turns: { lte: 3 },
      'metadata.project': ['x'],
      'claims.tier': ['pro', 'team'],
    }
    expect(config(when(condition)).routes[0]?.when).toEqual(condition)
  })
})

describe('what is allowed but cannot be meant', () => {
  const routes = (...whens: readonly (Record<string, unknown> | undefined)[]) =>
    config({
      models: MODELS,
      routes: whens.map((condition, at) => ({ name: `r${at}`, use: ['gpt'], ...(condition && { when: condition }) })),
    }).warnings

  it.each<[string, readonly (Record<string, unknown> | undefined)[], readonly number[]]>([
    ['a route after one that takes everything', [undefined, { tools: true }], [1]],
    ['a second route that takes everything', [{ tools: true }, undefined, undefined], [2]],
    [
      'a route whose condition the one before covers',
      [{ topic: ['coding', 'chitchat'] }, { topic: ['coding'], tools: true }],
      [1],
    ],
    ['a narrower range', [{ complexity: { gte: 0.5 } }, { complexity: { gte: 0.7 } }], [1]],
    ['none where the later is wider', [{ complexity: { gte: 0.7 } }, { complexity: { gte: 0.5 } }], []],
    ['none where each may be reached', [{ topic: ['coding'] }, { topic: ['chitchat'] }, undefined], []],
  ])('%s is warned about', (_, whens, unreachable) => {
    const found = routes(...whens)
    expect(found.map(text => Number(/^routes\.(\d+)/.exec(text)?.[1]))).toEqual(unreachable)
  })

  it('says which and why', () => {
    expect(routes(undefined, { tools: true })).toEqual([
      'routes.1 ("r1") is never reached: whatever it matches, "r0" matches before it.',
    ])
  })
})

describe('where a decision is made', () => {
  const decided = (top: Record<string, unknown>, own: Record<string, unknown> = {}) =>
    config({ models: MODELS, routes: [{ name: 'r', use: ['gpt', 'claude'], ...own }], ...top })

  it('is said by the route, and else by the configuration', () => {
    expect(decided({ decide: 'fresh' }).routes[0]?.decide).toBe('fresh')
    expect(decided({ decide: 'fresh' }, { decide: 'central' }).routes[0]?.decide).toBe('central')
    expect(decided({}).routes[0]?.decide).toBe('local')
  })

  it.each(['adaptive', 'least-connections', 'consistent-hash'])('makes a difference under %s', strategy => {
    for (const decide of ['local', 'fresh', 'central']) expect(decided({}, { strategy, decide }).warnings).toEqual([])
  })

  it.each(['round-robin', 'weighted-round-robin', 'random'])('makes none under %s, which is warned about', strategy => {
    expect(decided({}, { strategy, decide: 'fresh' }).warnings).toEqual([
      `routes.0 ("r") says decide "fresh" beside strategy "${strategy}", which does not look at load.`,
    ])
    expect(decided({}, { strategy, decide: 'local' }).warnings).toEqual([])
    expect(decided({ strategy, decide: 'central' }).warnings).toEqual([
      `The configuration says decide "central" beside strategy "${strategy}", which does not look at load.`,
    ])
  })

  it.each(['model-aware', 'contextual'])('is no more than fresh under %s, which is warned about', strategy => {
    expect(decided({}, { strategy, decide: 'fresh' }).warnings).toEqual([])
    expect(decided({}, { strategy, decide: 'central' }).warnings).toEqual([
      `routes.0 ("r") says decide "central" beside strategy "${strategy}", which looks at more than the tracker knows: it is decided as "fresh".`,
    ])
  })
})

describe('the default configuration', () => {
  it('is sound, and nothing in it is out of reach', () => {
    expect(config(defaults).warnings).toEqual([])
  })

  it('is the case study: support to GPT, creative writing to Claude, all else to Gemini', () => {
    const { routes, models } = config(defaults)
    expect(routes.map(({ name, use }) => [name, use])).toEqual([
      ['support', ['gpt']],
      ['creative', ['claude', 'gpt']],
      ['hard', ['gpt', 'claude']],
      ['default', ['gemini']],
    ])
    expect(routes.every(({ fallback }) => fallback.length > 0)).toBe(true)
    for (const model of models.values()) {
      expect(model.contextWindow, `the window of ${model.id}`).toBeGreaterThan(100_000)
      expect(model.price, `the price of ${model.id}`).toBeDefined()
    }
  })
})
