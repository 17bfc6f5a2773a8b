import { describe, expect, it } from 'vitest'
import { type Config, type ConfigProblem, parseConfig } from '../../src/config'
import { byConfigured } from '../../src/model'
import { fitted, overlaidConfig } from '../../src/overlay'
import { type Change, changed, NO_OVERLAY } from '../../src/state/overlay'

const GPT = { provider: 'openai', model: 'gpt-5.2' }
const EU = { secret: 'KEY_EU', region: 'eu', baseUrl: 'https://eu.example/v1/' }
const US = { secret: 'KEY_US' }
const both = (fields: object = {}) => ({ ...GPT, credentials: { eu: EU, us: US }, ...fields })

function config(input: unknown): Config {
  const parsed = parseConfig(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure))
  return parsed.value
}
function problems(input: unknown): readonly ConfigProblem[] {
  const parsed = parseConfig(input)
  return parsed.ok ? [] : parsed.failure
}
const modelsOf = (gpt: object) => config({ models: { gpt } }).models

describe('a model with several credentials', () => {
  it('becomes one for each: with what the credential has of its own, and otherwise with what the model has', () => {
    const models = modelsOf(both({ region: 'us', maxInFlight: 20, headers: { 'x-a': '1' }, price: { input: 1, output: 2 } }))
    expect([...models.keys()]).toEqual(['gpt:eu', 'gpt:us'])
    const shared = { of: 'gpt', name: 'gpt-5.2', provider: 'openai', price: { input: 1, output: 2 }, maxInFlight: 20 }
    expect(models.get('gpt:eu')).toMatchObject({ ...shared, secret: 'KEY_EU', region: 'eu', baseUrl: 'https://eu.example/v1' })
    expect(models.get('gpt:us')).toMatchObject({
      ...shared,
      secret: 'KEY_US',
      region: 'us',
      baseUrl: 'https://api.openai.com/v1',
      headers: { 'x-a': '1' },
    })
    expect(Object.isFrozen(models.get('gpt:eu'))).toBe(true)
  })

  it.each<[string, object, readonly [number, number]]>([
    ['alike where nothing is said', both(), [0.5, 0.5]],
    [
      "by their own weights, and together the model's",
      both({ weight: 8, credentials: { eu: { ...EU, weight: 3 }, us: US } }),
      [6, 2],
    ],
  ])('is weighed %s', (_, gpt, weights) => {
    expect([...modelsOf(gpt).values()].map(({ weight }) => weight)).toEqual(weights)
  })

  it.each([
    ['active', undefined, 'active'],
    ['active', 'draining', 'draining'],
    ['draining', 'active', 'draining'],
    ['draining', 'disabled', 'disabled'],
    ['disabled', 'draining', 'disabled'],
  ])('that is %s, under a credential that is %s, is %s', (state, own, expected) => {
    const eu = { ...EU, ...(own !== undefined && { state: own }) }
    const models = modelsOf(both({ state, credentials: { eu, us: US } }))
    expect(models.get('gpt:eu')?.state).toBe(expected)
    expect(models.get('gpt:us')?.state).toBe(state)
  })

  it("has the credential's headers over its own", () => {
    const eu = { ...EU, headers: { 'x-a': '2', 'x-c': '4' } }
    const models = modelsOf(both({ headers: { 'x-a': '1', 'x-b': '3' }, credentials: { eu } }))
    expect(models.get('gpt:eu')?.headers).toEqual({ 'x-a': '2', 'x-b': '3', 'x-c': '4' })
  })

  it("takes the model's or the provider's secret where a credential names none", () => {
    const credentials = { one: { headers: { 'openai-project': 'one' } }, two: { headers: { 'openai-project': 'two' } } }
    const secrets = (gpt: object) => [...modelsOf(gpt).values()].map(({ secret }) => secret)
    expect(secrets({ ...GPT, credentials })).toEqual(['OPENAI_API_KEY', 'OPENAI_API_KEY'])
    expect(secrets({ ...GPT, secret: 'MINE', credentials })).toEqual(['MINE', 'MINE'])
  })

  it('needs no address of its own where each credential has one', () => {
    const local = { provider: 'openai-compatible', model: 'llama', credentials: { a: { baseUrl: 'https://a.example' } } }
    expect(modelsOf(local).get('gpt:a')?.baseUrl).toBe('https://a.example')
    const half = { ...local, credentials: { ...local.credentials, b: { secret: 'B' } } }
    expect(problems({ models: { gpt: half } })).toMatchObject([{ field: 'models.gpt.baseUrl' }])
  })

  it('is found by its id, as are all that have one credential', () => {
    const { models } = config({ models: { gpt: both(), claude: { provider: 'anthropic', model: 'claude-sonnet-5' } } })
    const ids = [...byConfigured(models.values())].map(([id, members]) => [id, members.map(member => member.id)])
    expect(ids).toEqual([
      ['gpt', ['gpt:eu', 'gpt:us']],
      ['claude', ['claude']],
    ])
  })
})

describe('wrong credentials, regions and canaries', () => {
  const gpt = (credentials: unknown) => ({ models: { gpt: { ...GPT, credentials } } })
  const route = (fields: object, models: object = { gpt: both(), next: { provider: 'openai', model: 'gpt-6' } }) => ({
    models,
    pools: { all: ['gpt', 'next'] },
    routes: [{ name: 'r', use: ['gpt'], ...fields }],
  })

  it.each<[string, unknown, string, string]>([
    ['none at all', gpt({}), 'models.gpt.credentials', 'at least one credential'],
    ['a name with a colon', gpt({ 'a:b': US }), 'models.gpt.credentials.a:b', 'a name of letters, digits and . _ -'],
    ['an unknown field', gpt({ us: { ...US, price: 1 } }), 'models.gpt.credentials.us.price', 'never'],
    ['no weight at all', gpt({ us: { ...US, weight: 0 } }), 'models.gpt.credentials.us.weight', '>0'],
    ['a region in capitals', gpt({ us: { ...US, region: 'EU' } }), 'models.gpt.credentials.us.region', 'a label such as "eu"'],
    [
      'an unknown state',
      gpt({ us: { ...US, state: 'off' } }),
      'models.gpt.credentials.us.state',
      '("active" | "draining" | "disabled")',
    ],
    ['the same twice', gpt({ eu: US, us: US }), 'models.gpt.credentials.us', 'a secret, an address or headers of its own'],
    [
      "the model's secret twice",
      gpt({ eu: {}, us: { secret: undefined } }),
      'models.gpt.credentials.us',
      'a secret, an address or headers of its own',
    ],
    [
      'a name that another model has',
      { models: { gpt: both(), 'gpt:eu': GPT } },
      'models.gpt.credentials.eu',
      'a name of its own',
    ],
    [
      'too long a name with the model',
      { models: { [`m${'x'.repeat(90)}`]: { ...GPT, credentials: { 'quite-long': US } } } },
      `models.m${'x'.repeat(90)}.credentials.quite-long`,
      'a name that makes an id of at most 100 characters with the model',
    ],
    ['a credential that a route uses and nobody has', route({ use: ['gpt:ap'] }), 'routes.0.use.0', 'a model or pool'],
    ['a region that no model is in', route({ regions: ['eu', 'ue'] }), 'routes.0.regions.1', 'the region of a model: eu'],
    ['an empty list of regions', route({ regions: [] }), 'routes.0.regions', 'at least one'],
    [
      'a canary that nothing carries',
      route({ canary: { use: ['gpt-7'], share: 0.1 } }),
      'routes.0.canary.use.0',
      'a model or pool',
    ],
    ['a canary of nobody', route({ canary: { use: [], share: 0.1 } }), 'routes.0.canary.use', 'at least one'],
    ['a share above all', route({ canary: { use: ['next'], share: 1.1 } }), 'routes.0.canary.share', '<=1'],
    ['no share', route({ canary: { use: ['next'] } }), 'routes.0.canary.share', '"share"'],
    [
      'a canary that the route uses, in a pool',
      route({ canary: { use: ['all'], share: 0.1 } }),
      'routes.0.canary.use.0',
      "a model that is not in the route's own use",
    ],
    [
      'a canary of which the route uses a credential',
      route({ use: ['gpt:eu'], canary: { use: ['gpt'], share: 0.1 } }),
      'routes.0.canary.use.0',
      "a model that is not in the route's own use",
    ],
  ])('%s is refused, and the field named', (_, input, field, expected) => {
    expect(problems(input)).toMatchObject([{ field, expected: expect.stringContaining(expected) }])
  })

  it('never show what may be a key', () => {
    const [problem] = problems(gpt({ us: { secret: 'sk-proj-abcdefghijklmnop' } }))
    expect(problem).toMatchObject({ field: 'models.gpt.credentials.us.secret', found: 'another text' })
  })

  it('is none that a route, a pool or a canary names single credentials', () => {
    const pools = { mixed: ['gpt:eu', 'next'] }
    const fields = { use: ['gpt:us'], fallback: ['mixed'], canary: { use: ['next'], share: 1 }, regions: ['eu'] }
    const { routes } = config({ ...route(fields), pools })
    expect(routes).toMatchObject([{ use: ['gpt:us'], fallback: ['gpt:eu', 'next'], regions: ['eu'], canary: fields.canary }])
  })

  it('is worth a warning where none of a route’s own models is in its regions', () => {
    const warnings = (fields: object) => config(route(fields)).warnings
    expect(warnings({ regions: ['eu'] })).toEqual([])
    expect(warnings({ regions: ['eu'], use: ['next'], fallback: ['gpt'] })).toEqual([
      'routes.0 ("r") may only be served in eu, and none of the models in its use is there.',
    ])
  })
})

describe('a change at run time', () => {
  const FILE = { models: { gpt: both() }, routes: [{ name: 'r', use: ['gpt'] }] }
  const over = (...changes: readonly Change[]) => changes.reduce(changed, NO_OVERLAY)
  const patch = (fields: Record<string, unknown>): Change => ({ kind: 'patch', model: 'gpt', fields })
  const free = () => undefined
  const laid = (...changes: readonly Change[]) => overlaidConfig(FILE, over(...changes), free)
  const states = (result: ReturnType<typeof laid>) =>
    result.ok ? [...result.value.models.values()].map(({ id, state }) => [id, state]) : result.failure

  it('of the model holds for all its credentials', () => {
    expect(states(laid(patch({ state: 'draining' })))).toEqual([
      ['gpt:eu', 'draining'],
      ['gpt:us', 'draining'],
    ])
    const removed = laid({ kind: 'put', model: 'other', definition: { ...GPT, joins: ['r'] } }, { kind: 'remove', model: 'gpt' })
    expect(states(removed)).toEqual([['other', 'active']])
  })

  it('of one credential leaves the other, and what else it has, alone', () => {
    const result = laid(patch({ credentials: { eu: { state: 'disabled' } } }))
    expect(states(result)).toEqual([
      ['gpt:eu', 'disabled'],
      ['gpt:us', 'active'],
    ])
    expect(result.ok && result.value.models.get('gpt:eu')).toMatchObject({ secret: 'KEY_EU', region: 'eu' })
  })

  it('adds a credential that brings a secret, and none by mistake', () => {
    expect(states(laid(patch({ credentials: { ap: { secret: 'KEY_AP' } } })))).toHaveLength(3)
    expect(states(laid(patch({ credentials: { ap: { weight: 3 } } })))).toMatchObject([{ field: 'models.gpt.credentials.ap' }])
  })

  it('that closed one holds where the rest of the change no longer fits', () => {
    const overlay = over(patch({ credentials: { eu: { state: 'disabled' }, ap: { weight: 2 } } }))
    const { config: effective } = fitted(FILE, overlay, free)
    expect(states(effective)).toEqual([
      ['gpt:eu', 'disabled'],
      ['gpt:us', 'active'],
    ])
  })

  it('that takes a model out takes it out of canaries too', () => {
    const file = {
      models: { gpt: GPT, next: { provider: 'openai', model: 'gpt-6' }, last: { provider: 'openai', model: 'gpt-7' } },
      routes: [{ name: 'r', use: ['gpt'], canary: { use: ['next', 'last'], share: 0.1 } }],
    }
    const result = overlaidConfig(file, over({ kind: 'remove', model: 'next' }), free)
    expect(result.ok && result.value.routes[0]?.canary).toEqual({ use: ['last'], share: 0.1 })
  })
})
