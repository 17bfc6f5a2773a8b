import { describe, expect, it } from 'vitest'
import routerConfig from '../../src/router.config'
import { checkConfig } from './check-config'

const models = { a: { provider: 'openai', model: 'x' } }
const route = (name: string, when?: unknown) => ({ name, ...(when !== undefined && { when }), use: ['a'] })

describe('the check of a configuration', () => {
  it('finds a request for every route of the one that comes along', () => {
    const { lines, isSound } = checkConfig(routerConfig)
    expect(isSound).toBe(true)
    expect(lines).toEqual([
      'support   {"topic":"coding"}',
      'creative  {"topic":"creative_writing"}',
      'hard      {"topic":"math_reasoning","complexity":0.7}',
      'default   {"topic":"math_reasoning","complexity":0}',
      'no route  never: all of it is taken by default',
    ])
  })

  it('fails where a route cannot be reached, and says by which others it is covered', () => {
    const routes = [route('with', { tools: true }), route('without', { tools: false }), route('rest')]
    expect(checkConfig(JSON.stringify({ models, routes }))).toEqual({
      isSound: false,
      lines: [
        'with      {"tools":true}',
        'without   {"tools":false}',
        'rest      never: all of it is taken by with, without',
        'no route  never: all of it is taken by rest',
        'warning: routes.2 ("rest") is never reached: whatever it matches, "with" or "without" matches before it.',
      ],
    })
  })

  it('fails where the configuration is wrong', () => {
    expect(checkConfig({ models, routes: [route('r', { 'claims.tier': ['a*b'] })] })).toEqual({
      isSound: false,
      lines: ['routes.0.when.claims.tier.0: expected a text, with "*" only at its end, for anything that follows, found "a*b"'],
    })
  })
})
