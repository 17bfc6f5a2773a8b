import { describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import { fitted, overlaidConfig, type Refusal } from '../../src/overlay'
import { type Change, changed, NO_OVERLAY } from '../../src/state/overlay'

const FILE: ConfigInput = {
  models: {
    gpt: { provider: 'openai', model: 'gpt-5.2', weight: 2 },
    claude: { provider: 'anthropic', model: 'claude-sonnet-5' },
    gemini: { provider: 'google', model: 'gemini-3-flash' },
  },
  pools: { fast: ['gemini', 'gpt'] },
  routes: [
    { name: 'creative', when: { topic: ['creative_writing'] }, use: ['claude'] },
    { name: 'default', use: ['fast'], fallback: ['claude'] },
  ],
}

const over = (...changes: readonly Change[]) => changes.reduce(changed, NO_OVERLAY)
const config = (...changes: readonly Change[]) => {
  const result = overlaidConfig(FILE, over(...changes), anything)
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return result.value
}
const problems = (...changes: readonly Change[]) => {
  const result = overlaidConfig(FILE, over(...changes), anything)
  return result.ok ? [] : result.failure.map(({ field }) => field)
}
const anything: Refusal = () => undefined
const LLAMA = { provider: 'openai-compatible', baseUrl: 'https://api.groq.com/openai/v1', model: 'llama-4' }

describe('an overlay on the configuration', () => {
  it('without changes is the configuration itself', () => {
    expect(config().models.get('gpt')).toMatchObject({ weight: 2, state: 'active' })
  })

  it('changes fields and leaves the others', () => {
    const { models } = config({ kind: 'patch', model: 'gpt', fields: { weight: 7, state: 'draining' } })
    expect(models.get('gpt')).toMatchObject({ weight: 7, state: 'draining', name: 'gpt-5.2' })
    expect(models.get('claude')).toMatchObject({ weight: 1, state: 'active' })
  })

  it('adds a model, which joins the pools and routes that it names', () => {
    const { models, pools, routes } = config({
      kind: 'put',
      model: 'llama',
      definition: { ...LLAMA, joins: ['fast', 'creative'] },
    })
    expect(models.get('llama')?.name).toBe('llama-4')
    expect(pools.get('fast')).toEqual(['gemini', 'gpt', 'llama'])
    expect(routes.map(({ use }) => use)).toEqual([
      ['claude', 'llama'],
      ['gemini', 'gpt', 'llama'],
    ])
  })

  it('works on JSON text as well', () => {
    const result = overlaidConfig(JSON.stringify(FILE), over({ kind: 'patch', model: 'gpt', fields: { weight: 9 } }), anything)
    expect(result.ok && result.value.models.get('gpt')?.weight).toBe(9)
  })

  it('takes a removed model out of pools and routes', () => {
    const { models, pools, routes } = config({ kind: 'remove', model: 'gpt' })
    expect([...models.keys()]).toEqual(['claude', 'gemini'])
    expect(pools.get('fast')).toEqual(['gemini'])
    expect(routes[1]?.use).toEqual(['gemini'])
  })

  it.each<[string, Change, string]>([
    ['a wrong value', { kind: 'patch', model: 'gpt', fields: { weight: -1 } }, 'models.gpt.weight'],
    ['an unknown field', { kind: 'patch', model: 'gpt', fields: { wieght: 1 } }, 'models.gpt.wieght'],
    [
      'a model without what it needs',
      { kind: 'put', model: 'x', definition: { provider: 'openai-compatible', model: 'm' } },
      'models.x.baseUrl',
    ],
    ['a model that does not exist', { kind: 'patch', model: 'gpt6', fields: { weight: 1 } }, 'models.gpt6'],
    [
      'a pool that does not exist',
      { kind: 'put', model: 'llama', definition: { ...LLAMA, joins: ['slow'] } },
      'models.llama.joins',
    ],
    ['the removal of a route’s only model', { kind: 'remove', model: 'claude' }, 'routes.0.use'],
    ['a name that a pool has', { kind: 'put', model: 'fast', definition: LLAMA }, 'pools.fast'],
    [
      'a price without end, which JSON has no word for',
      { kind: 'patch', model: 'gpt', fields: { price: { input: Number.POSITIVE_INFINITY, output: 1 } } },
      'models.gpt.price.input',
    ],
    [
      'evidence without end',
      { kind: 'patch', model: 'gpt', fields: { profile: { ethics: { value: 1, evidence: Number.POSITIVE_INFINITY } } } },
      'models.gpt.profile.ethics.evidence',
    ],
    [
      'an address with a fragment',
      { kind: 'put', model: 'x', definition: { ...LLAMA, baseUrl: 'https://a.b/#' } },
      'models.x.baseUrl',
    ],
    [
      'an address with a line break',
      { kind: 'put', model: 'x', definition: { ...LLAMA, baseUrl: 'https://a.b\n' } },
      'models.x.baseUrl',
    ],
    ['an upstream’s name of two lines', { kind: 'patch', model: 'gpt', fields: { model: 'gpt\r\nx: y' } }, 'models.gpt.model'],
    ['a state that there is not', { kind: 'patch', model: 'gpt', fields: { state: 'off' } }, 'models.gpt.state'],
  ])('refuses %s by the field’s name', (_, change, field) => {
    expect(problems(change)).toContain(field)
  })

  it('whose change no longer fits a new version of the file goes on without that one, and says so', () => {
    const overlay = over(
      { kind: 'patch', model: 'old', fields: { weight: 3 } },
      { kind: 'patch', model: 'gpt', fields: { weight: 5 } },
    )
    const fits = fitted(FILE, overlay, anything)
    expect(Object.keys(fits.overlay.models)).toEqual(['gpt'])
    expect(fits.config.ok && fits.config.value.models.get('gpt')?.weight).toBe(5)
    expect(fits.config.ok && fits.config.value.warnings.join()).toMatch(/"old".*no longer fits/)
  })

  describe('that closes a model and no longer fits a new version of the file', () => {
    const STRAY = { joins: ['a-pool-that-is-gone'] }
    it.each<[string, Change, string]>([
      ['disables it all the same', { kind: 'patch', model: 'gpt', fields: { state: 'disabled', ...STRAY } }, 'disabled'],
      ['drains it all the same', { kind: 'patch', model: 'gpt', fields: { state: 'draining', ...STRAY } }, 'draining'],
      [
        'disables it, where its new definition did',
        { kind: 'put', model: 'gpt', definition: { provider: 'openai', model: 'x', state: 'disabled', ...STRAY } },
        'disabled',
      ],
      ['disables it, where it had been removed', { kind: 'remove', model: 'claude' }, 'disabled'],
    ])('%s', (_, change, state) => {
      const overlay = over(change)
      const [id = ''] = Object.keys(overlay.models)
      const fits = fitted(FILE, overlay, anything)
      if (!fits.config.ok) throw new Error(JSON.stringify(fits.config.failure))
      expect(fits.config.value.models.get(id)?.state).toBe(state)
      expect(fits.config.value.warnings.join()).toMatch(/takes no requests/)
    })
  })

  it('holds only what may be set at run time by the file as it is now', () => {
    const overlay = over(
      { kind: 'put', model: 'llama', definition: LLAMA },
      { kind: 'patch', model: 'gpt', fields: { weight: 5 } },
    )
    const asked: unknown[] = []
    const fits = fitted(FILE, overlay, (fields, { upstreams }) => {
      asked.push(upstreams)
      return fields.baseUrl === undefined ? undefined : { field: 'baseUrl', message: 'not here' }
    })
    expect(Object.keys(fits.overlay.models)).toEqual(['gpt'])
    expect(fits.config.ok && fits.config.value.warnings.join()).toMatch(/"llama".*models\.llama\.baseUrl.*not here/)
    expect(asked).toContainEqual([])
  })

  it('on a wrong file reports what is wrong with the file', () => {
    const fits = fitted({ models: {} }, over({ kind: 'patch', model: 'gpt', fields: { weight: 5 } }), anything)
    expect(!fits.config.ok && fits.config.failure[0]?.field).toBe('models')
  })
})
