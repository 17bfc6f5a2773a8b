import { describe, expect, it } from 'vitest'
import { type Failure, fail, ok } from '../../src/outcome'
import { type Walk, walk } from '../../src/router/fallback'
import { model } from '../strategy/given'

const upstream = { status: 500, message: 'No.' }
const broken: Failure = { kind: 'overloaded', upstream }
const tooLong: Failure = { kind: 'context-length', upstream }

const UNBOUNDED: Walk = {
  maxAttempts: 10,
  fallback: true,
  isOver: () => false,
  isEligible: () => true,
  withdraw: () => true,
  // No second round: what it does has tests of its own
  pause: async () => false,
  hedge: () => undefined,
}

/** Walks over models named after their place; `outcomes` says how each attempt ends, 'ok' or a failure. */
async function walked(
  outcomes: readonly ('ok' | Failure)[],
  given: Partial<Walk> = {},
  windows: readonly (number | undefined)[] = [],
): Promise<{ readonly asked: readonly string[]; readonly answered: string | undefined; readonly tried: readonly string[] }> {
  const ranking = outcomes.map((_, index) => ({ model: model(`m${index}`, { contextWindow: windows[index] }), score: index }))
  const asked: string[] = []
  const result = await walk(ranking, { ...UNBOUNDED, ...given }, async ({ id }) => {
    asked.push(id)
    const outcome = outcomes[Number(id.slice(1))] ?? 'ok'
    return outcome === 'ok' ? ok(id) : fail(outcome)
  })
  const tried = result.ok ? result.value.tried : result.failure
  return { asked, answered: result.ok ? result.value.answer : undefined, tried: tried.map(({ model: id }) => id) }
}

describe('walking down the ranking', () => {
  it('takes the first answer, and tells who failed before', async () => {
    expect(await walked(['ok', 'ok'])).toEqual({ asked: ['m0'], answered: 'm0', tried: [] })
    expect(await walked([broken, broken, 'ok', 'ok'])).toEqual({ asked: ['m0', 'm1', 'm2'], answered: 'm2', tried: ['m0', 'm1'] })
  })

  it('fails with every attempt when the ranking is used up', async () => {
    expect(await walked([broken, broken])).toEqual({ asked: ['m0', 'm1'], answered: undefined, tried: ['m0', 'm1'] })
  })

  it.each([1, 2, 3])('makes no more than %i attempts', async maxAttempts => {
    expect((await walked([broken, broken, broken, broken, 'ok'], { maxAttempts })).asked).toHaveLength(maxAttempts)
  })

  it('stops after the first where fallback is off', async () => {
    expect((await walked([broken, 'ok'], { fallback: false })).asked).toEqual(['m0'])
  })

  it('makes one attempt even if the deadline is over, and no second one', async () => {
    expect((await walked([broken, 'ok'], { isOver: () => true })).asked).toEqual(['m0'])
  })

  it('looks at the deadline anew before each', async () => {
    let attempts = 0
    const isOver = () => ++attempts > 2
    expect((await walked([broken, broken, broken, broken], { isOver })).asked).toEqual(['m0', 'm1', 'm2'])
  })

  it.each<[string, Failure]>([
    ['a request that no model can take', { kind: 'rejected', upstream }],
    ['a client that has left', { kind: 'client-left' }],
    ['a deadline that is over', { kind: 'timeout', limit: 'total', afterMs: 1 }],
    ['a deadline of the client that is over', { kind: 'timeout', limit: 'deadline', afterMs: 1 }],
  ])('stops for %s', async (_, failure) => {
    expect((await walked([failure, 'ok'])).asked).toEqual(['m0'])
  })

  it.each<[string, readonly (number | undefined)[], readonly string[]]>([
    ['to a larger window', [100, 100, 50, 101], ['m0', 'm3']],
    ['to one that is not known', [100, 100, undefined, 200], ['m0', 'm2']],
    ['from an unknown window to any other', [undefined, 1, 1, 1], ['m0', 'm1']],
  ])('goes on after a prompt that is too long %s', async (_, windows, asked) => {
    expect((await walked([tooLong, 'ok', 'ok', 'ok'], {}, windows)).asked).toEqual(asked)
  })

  it('remembers the largest window that was too small', async () => {
    expect((await walked([tooLong, broken, tooLong, 'ok', 'ok'], {}, [100, 300, 200, 200, 201])).asked).toEqual([
      'm0',
      'm1',
      'm2',
      'm4',
    ])
  })

  it('does not count models passed over as attempts', async () => {
    expect((await walked([tooLong, 'ok', 'ok', 'ok'], { maxAttempts: 2 }, [100, 50, 50, 200])).answered).toBe('m3')
  })
})
