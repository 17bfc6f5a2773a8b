import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { compileWhen, type Subject, type When } from '../../src/context/condition'
import { MODALITIES, TASKS, TOPICS } from '../../src/context/features'
import { type Reach, reachability } from '../../src/context/reach'
import { subjectOf, valuesOf, type Witness } from '../../src/context/witness'

const matcher = (when: When) => {
  const applies = compileWhen(when)
  return (subject: Subject) => applies(subject).matches
}
const firstOf = (whens: readonly When[], subject: Subject): number => whens.findIndex(when => compileWhen(when)(subject).matches)
const last = (...whens: readonly When[]): Reach | undefined => reachability(whens).routes.at(-1)

suite('a route that can be reached', () => {
  test.each<[string, readonly When[], Witness]>([
    ['without conditions', [{}], {}],
    ['by its own condition', [{ topic: ['chitchat'] }], { topic: 'chitchat' }],
    ['by what the routes before it leave', [{ topic: ['coding'] }, {}], { topic: 'math_reasoning' }],
    ['by a guess that abstains', [{ topic: TOPICS }, {}], { topic: null }],
    ['by an empty message', [{ modality: MODALITIES }, {}], { modality: null }],
    ['by a number between two bounds', [{ turns: { lte: 3 } }, { turns: { gte: 6 } }, {}], { turns: 4 }],
    ['by the bound itself', [{ complexity: { gt: 0.5 } }, { complexity: { gte: 0.5 } }], { complexity: 0.5 }],
    ['by another value of a claim', [{ 'claims.tier': ['pro', 'free'] }, { 'claims.tier': ['*'] }], { 'claims.tier': 'x' }],
    ['by no claim at all', [{ 'claims.tier': ['*'] }, {}], { 'claims.tier': null }],
    [
      'by a value that begins so, and not longer',
      [{ 'metadata.team': ['ab*'] }, { 'metadata.team': ['a*'] }],
      { 'metadata.team': 'ax' },
    ],
    ['by another language', [{ language: ['en', 'es'] }, { language: ['de', 'fr'] }], { language: 'de' }],
  ])('%s is shown a request that reaches it', (_, whens, witness) => {
    expect(last(...whens)).toEqual({ kind: 'reached', witness })
    expect(firstOf(whens, subjectOf(witness))).toBe(whens.length - 1)
  })
})

suite('a route that cannot be reached', () => {
  test.each<[string, readonly When[], readonly number[]]>([
    ['behind one without conditions', [{}, { tools: true }], [0]],
    ['behind a wider one', [{ topic: ['coding', 'chitchat'] }, { topic: ['coding'], tools: true }], [0]],
    ['behind a wider range', [{ complexity: { gt: 0.5 } }, { complexity: { gte: 0.6, lte: 0.8 } }], [0]],
    ['behind a longer beginning', [{ 'metadata.team': ['a*'] }, { 'metadata.team': ['ab', 'ac*'] }], [0]],
    [
      'behind two that only together take everything',
      [{ tools: true }, { stream: true }, { tools: false }, { stream: false }],
      [0, 2],
    ],
    ['behind ranges that meet', [{ turns: { lte: 3 } }, { turns: { gte: 4 } }, {}], [0, 1]],
    ['behind ranges that only whole numbers close', [{ turns: { lt: 4 } }, { turns: { gt: 3 } }, {}], [0, 1]],
    [
      'behind lists that only together hold its values',
      [
        { topic: ['coding'] },
        { topic: ['chitchat'], tools: true },
        { topic: ['chitchat'], tools: false },
        { topic: ['coding', 'chitchat'] },
      ],
      [0, 1, 2],
    ],
    ['since its own range is empty', [{}, { turns: { gt: 3, lt: 4 } }], []],
    ['since complexity never goes above 1', [{ complexity: { gt: 1 } }], []],
    ['since no conversation has fewer than no turns', [{ turns: { lt: 0 } }], []],
    ['since its list is empty', [{ topic: [] }], []],
  ])('%s: it is said by which, none of them needlessly', (_, whens, by) => {
    expect(last(...whens)).toEqual({ kind: 'unreachable', by })
  })

  test('but not where a real number fits between the bounds', () => {
    expect(last({ complexity: { lte: 0.3 } }, { complexity: { gt: 0.3 } }, {})).toEqual({
      kind: 'reached',
      witness: { complexity: null },
    })
    expect(last({ complexity: { lt: 0.3 } }, { complexity: { gt: 0.3 } }, { complexity: { gte: 0 } })).toEqual({
      kind: 'reached',
      witness: { complexity: 0.3 },
    })
  })
})

test('what no route takes is shown as well, or that there is nothing', () => {
  expect(reachability([{ tools: true }]).none).toEqual({ kind: 'reached', witness: { tools: false } })
  expect(reachability([{ tools: true }, undefined]).none).toEqual({ kind: 'unreachable', by: [1] })
})

suite('the work is bounded', () => {
  /** Every clause over three of so many values: no assignment escapes, and the search must try nearly all of them. */
  const hard = (fields: number): When[] => {
    const names = Array.from({ length: fields }, (_, index) => `metadata.f${index}` as const)
    return Array.from({ length: 2 ** fields }, (_, bits) =>
      Object.fromEntries(names.map((name, bit) => [name, [(bits >> bit) % 2 === 0 ? 'a*' : 'b*']])),
    ).concat(names.map(name => ({ [name]: ['a*'] })))
  }

  test('an answer that takes too long is none, and says so', () => {
    expect(reachability([...hard(8), {}], 100).routes.at(-1)).toEqual({ kind: 'undecided' })
  })

  test('a hundred ordinary routes are all decided', () => {
    const whens = Array.from(
      { length: 100 },
      (_, index): When => ({
        'claims.tenant': [`tenant-${index}`, `group-${index % 7}*`],
        topic: index % 3 === 0 ? ['coding'] : ['chitchat', 'knowledge_qa'],
        complexity: { gte: (index % 10) / 10 },
        promptTokens: { lt: 1_000 * (index + 1) },
      }),
    )
    expect(new Set(reachability([...whens, {}]).routes.map(({ kind }) => kind))).not.toContain('undecided')
  })
})

suite('against every request of a small world', () => {
  const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 })
  const some = <T extends string>(...values: readonly T[]) => fc.subarray([...values], { minLength: 1 })
  const range = (bound: fc.Arbitrary<number>) =>
    fc.record({ gte: optional(bound), lte: optional(bound), gt: optional(bound), lt: optional(bound) })
  const conditions: fc.Arbitrary<When> = fc.record({
    topic: some('coding', 'chitchat'),
    modality: some('text', 'image'),
    tools: fc.boolean(),
    turns: range(fc.constantFrom(0, 1, 1.5, 2, 3)),
    complexity: range(fc.constantFrom(0, 0.5, 1)),
    'claims.tier': some('a', 'ab', 'a*', 'b*', '*'),
  })
  /** Few conditions a route, or hardly two would ever take together what a third one would. */
  const whens = fc
    .tuple(
      conditions,
      fc.subarray(['topic', 'modality', 'tools', 'turns', 'complexity', 'claims.tier'], { minLength: 1, maxLength: 2 }),
    )
    .map(([all, kept]): When => Object.fromEntries(Object.entries(all).filter(([field]) => kept.includes(field))))

  /** Finer than what the solver looks at: sets of modalities and of claims, numbers between and beyond all bounds, unsure guesses. */
  const guesses = [
    { value: 'coding', confidence: 1 },
    { value: 'coding', confidence: 0.1 },
    { value: 'chitchat', confidence: 1 },
    { value: undefined, confidence: 0 },
  ] as const
  const tiers = [undefined, 'a', 'ab', 'abc', 'b', 'c', ['c', 'ab'], []]
  const everyone: readonly Subject[] = guesses.flatMap(topic =>
    ([[], ['text'], ['image'], ['text', 'image']] as const).flatMap(modalities =>
      [true, false].flatMap(tools =>
        [0, 1, 2, 3, 4].flatMap(turns =>
          [undefined, 0, 0.2, 0.5, 0.9, 1].flatMap(complexity =>
            tiers.map(tier => ({
              features: {
                ...subjectOf({}).features,
                topic,
                complexity: { value: complexity, confidence: 0.2 },
                modalities,
                tools,
                turns,
              },
              metadata: {},
              claims: tier === undefined ? {} : { tier },
            })),
          ),
        ),
      ),
    ),
  )

  test('both agree on what is reached, and a proof names only routes without which it would not hold', () => {
    const seen = { reached: 0, unreachable: 0, joint: 0 }
    fc.assert(
      fc.property(fc.array(whens, { minLength: 1, maxLength: 8 }), routes => {
        const met = routes.map(when => everyone.map(matcher(when)))
        const taken = new Set(everyone.map((_, one) => met.findIndex(whom => whom[one])))
        const { routes: reaches, none } = reachability(routes)
        for (const [at, reach] of [...reaches, none].entries()) {
          const isReached = taken.has(at === routes.length ? -1 : at)
          expect(reach.kind).toBe(isReached ? 'reached' : 'unreachable')
          if (reach.kind === 'reached') {
            seen.reached++
            expect(firstOf(routes, subjectOf(reach.witness))).toBe(at === routes.length ? -1 : at)
          } else if (reach.kind === 'unreachable') {
            seen.unreachable++
            if (reach.by.length > 1) seen.joint++
            const own = [...everyone.keys()].filter(one => met[at]?.[one] ?? true)
            const covered = (by: readonly number[]) => own.every(one => by.some(each => met[each]?.[one]))
            expect(covered(reach.by)).toBe(true)
            for (const one of reach.by) expect(covered(reach.by.filter(other => other !== one))).toBe(false)
          }
        }
      }),
      { seed: 4, numRuns: 120 },
    )
    // or the property would have claimed little
    expect(seen.reached).toBeGreaterThan(100)
    expect(seen.unreachable).toBeGreaterThan(50)
    expect(seen.joint).toBeGreaterThan(10)
  }, 60_000)
})

suite('the values that stand for all', () => {
  test('of closed fields are all there are, and none', () => {
    expect(valuesOf('tools', [true])).toEqual([false, true])
    expect(valuesOf('topic', [['coding']])).toEqual([...TOPICS, null])
    expect(valuesOf('task', [['extract']])).toEqual([...TASKS, null])
  })

  test('of numbers are the bounds and what lies between and beyond them', () => {
    expect(valuesOf('turns', [{ gte: 3 }, { lt: 7.5 }])).toEqual([0, 3, 4, 7, 8])
    expect(valuesOf('complexity', [{ gte: 0.5 }, { lt: 7 }])).toEqual([0, 0.25, 0.5, 0.75, 1, null])
  })

  test('of texts are those listed, one for each beginning, one that nobody lists, and none', () => {
    expect(valuesOf('claims.tier', [['pro'], ['free', 'pro-*']])).toEqual([null, 'pro', 'free', 'pro-x', 'other'])
    expect(valuesOf('metadata.team', [['x', 'other', 'y*']])).toEqual([null, 'x', 'other', 'yz', 'zz'])
    expect(valuesOf('language', [['en', 'de']])).toEqual(['en', 'de', 'es', null])
  })
})
