import { describe, expect, test } from 'vitest'
import { leastConnections } from '../../src/strategy/least-connections'
import { strategies } from '../../src/strategy/strategies'
import { STRATEGIES, type StrategyName, type StrategyOptions } from '../../src/strategy/strategy'
import { fulfilsContract } from './contract'
import { model } from './given'

const ranked = leastConnections.prepare(
  ['a', 'b', 'c'].map(id => model(id)),
  {},
)

/** What a strategy needs beyond its name. Rules that overlap, repeat ids and name models that are not there. */
const OPTIONS: Partial<Record<StrategyName, StrategyOptions>> = {
  contextual: {
    rules: [
      { name: 'never', applies: () => false, uses: ['a'], fallback: ['b'], rank: ranked },
      { name: 'some', applies: () => true, uses: ['a', 'b', 'gone', 'a'], fallback: ['d', 'b', 'd', 'gone'], rank: ranked },
      { name: 'sometimes', applies: ({ turn }) => turn % 2 === 0, uses: ['b', 'c'], fallback: ['a'], rank: ranked },
    ],
  },
}

for (const name of STRATEGIES) fulfilsContract(strategies[name], OPTIONS[name])

describe('the table', () => {
  test.each(STRATEGIES)('knows %s by its own name', name => {
    expect(strategies[name].name).toBe(name)
  })
})
