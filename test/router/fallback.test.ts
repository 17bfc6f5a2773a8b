import { describe, expect, it } from 'vitest'
import type { Model } from '../../src/model'
import { type Failure, fail, ok } from '../../src/outcome'
import { type Walk, walk } from '../../src/router/fallback'
import type { Hedge } from '../../src/router/hedge'
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
  patience: () => undefined,
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

/** A walk over models that each fail as told, one failure after the other, and then answer. */
function walker(
  failures: Readonly<Record<string, readonly Failure[]>>,
  models: readonly Model[] = Object.keys(failures).map(id => model(id)),
) {
  const asked: string[] = []
  return {
    asked,
    over: async (rules: Partial<Walk> = {}) => {
      const ranking = models.map((each, score) => ({ model: each, score }))
      const result = await walk(ranking, { ...UNBOUNDED, ...rules }, async ({ id }) => {
        const failure = failures[id]?.[asked.filter(each => each === id).length]
        asked.push(id)
        return failure === undefined ? ok(id) : fail(failure)
      })
      return result.ok ? result.value.answer : undefined
    },
  }
}

/** Counts what is taken out of a budget of so many. */
function purse(size: number) {
  const budget = { taken: 0, withdraw: () => budget.taken < size && ++budget.taken > 0 }
  return budget
}

describe('the retry budget', () => {
  const account = (id: string, secret: string) => model(id, { secret })
  const three = [account('a', 'ONE'), account('b', 'TWO'), account('c', 'THREE')]
  const failing = (times: number) => Object.fromEntries(['a', 'b', 'c'].slice(0, times).map(id => [id, [broken]]))

  it('pays for no request that is answered at once', async () => {
    const budget = purse(9)
    expect(await walker({}, three).over(budget)).toBe('a')
    expect(budget.taken).toBe(0)
  })

  it.each<[string, number, number]>([
    ['the first fallback to another account is free', 1, 0],
    ['the second is not', 2, 1],
  ])('%s', async (_, failed, taken) => {
    const budget = purse(9)
    await walker(failing(failed), three).over(budget)
    expect(budget.taken).toBe(taken)
  })

  it('that is empty ends the walk after the free one', async () => {
    const { asked, over } = walker(failing(3), three)
    expect(await over(purse(0))).toBeUndefined()
    expect(asked).toEqual(['a', 'b'])
  })

  it('pays for the first fallback too where it stays with the account', async () => {
    const { asked, over } = walker(failing(1), [account('a', 'ONE'), account('b', 'ONE')])
    await over(purse(0))
    expect(asked).toEqual(['a'])
  })

  it('pays for whoever comes after a hedge: that was the free one', async () => {
    const { asked, over } = walker(failing(2), three)
    await over({ ...purse(0), hedge: (_, second) => hedgeNow(() => second(() => true)) })
    expect(asked).toEqual(['a', 'b'])
  })
})

describe('another credential of the same model', () => {
  const key = (of: string, name: string) => model(`${of}:${name}`, { of, secret: `KEY_${name}` })
  const limited: Failure = { kind: 'rate-limited', upstream }
  const four = [key('gpt', 'eu'), model('claude', { secret: 'CLAUDE' }), key('gpt', 'us'), model('gemini', { secret: 'GEMINI' })]

  it.each<[string, Failure]>([
    ['a rate limit', limited],
    ['a refused key', { kind: 'unauthorized', upstream }],
    ['a quota that is used up', { kind: 'quota-exhausted', upstream }],
  ])('comes next after %s, before better ranked models', async (_, failure) => {
    const { asked, over } = walker({ 'gpt:eu': [failure] }, four)
    expect(await over()).toBe('gpt:us')
    expect(asked).toEqual(['gpt:eu', 'gpt:us'])
  })

  it.each<[string, Failure]>([
    ['an overload', broken],
    ['an answer that makes no sense', { kind: 'malformed', detail: '' }],
    ['a connection that cannot be made', { kind: 'unreachable', detail: '' }],
    ['a model that is not known there', { kind: 'unknown-model', upstream }],
  ])('waits for its turn after %s, which may well be its own trouble too', async (_, failure) => {
    expect(await walker({ 'gpt:eu': [failure] }, four).over()).toBe('claude')
  })

  it('counts as no attempt of its own, and takes nothing from the budget or from the free fallback to another account', async () => {
    const budget = purse(0)
    const { asked, over } = walker({ 'gpt:eu': [limited], 'gpt:us': [limited] }, four)
    expect(await over({ ...budget, maxAttempts: 2 })).toBe('claude')
    expect(asked).toEqual(['gpt:eu', 'gpt:us', 'claude'])
    expect(budget.taken).toBe(0)
  })

  it('is told of as an attempt all the same', async () => {
    const ranking = four.map((each, score) => ({ model: each, score }))
    const result = await walk(ranking, UNBOUNDED, async ({ id }) => (id === 'gpt:eu' ? fail(limited) : ok(id)))
    expect(result).toMatchObject({ ok: true, value: { attempts: 2, tried: [{ model: 'gpt:eu' }] } })
  })

  it('is asked neither where fallback is off, nor past the deadline, nor where it can no longer serve', async () => {
    expect(await walker({ 'gpt:eu': [limited] }, four).over({ fallback: false })).toBeUndefined()
    expect(await walker({ 'gpt:eu': [limited] }, four).over({ isOver: () => true })).toBeUndefined()
    expect(await walker({ 'gpt:eu': [limited] }, four).over({ isEligible: ({ id }) => id !== 'gpt:us' })).toBe('claude')
  })

  it('stands in ten times at most: what a hundred keys have in common is not the fault of each', async () => {
    const keys = Array.from({ length: 100 }, (_, at) => key('gpt', String(at)))
    const { asked, over } = walker(Object.fromEntries(keys.map(({ id }) => [id, [limited]])), keys)
    expect(await over({ maxAttempts: 2 })).toBeUndefined()
    // One that was chosen, ten that stood in, and one more attempt
    expect(asked).toHaveLength(12)
  })
})

/** Impatient at once. */
const hedgeNow = (second: Hedge['second']): Hedge => ({
  patience: over => {
    over()
    return () => {}
  },
  second,
})

describe('before every further attempt', () => {
  it('the candidates are looked at anew, and who can no longer serve is passed over', async () => {
    const looked: string[] = []
    const { asked, over } = walker({ a: [broken], b: [broken], c: [broken], d: [broken] })
    let attempts = 0
    const isEligible = ({ id }: Model) => {
      looked.push(id)
      if (id === 'c') attempts += 1
      // b is out from the beginning, c comes back just when it is looked at for the second time
      return id === 'd' || (id === 'c' && attempts > 1)
    }
    expect(await over({ isEligible })).toBeUndefined()
    expect(asked).toEqual(['a', 'd', 'c'])
    expect(looked.slice(0, 3)).toEqual(['b', 'c', 'd'])
  })

  it('but not before the first: the decision has just been made', async () => {
    expect(await walker({ a: [] }).over({ isEligible: () => false })).toBe('a')
  })
})

describe('when all have had their turn', () => {
  const soon = (retryAfterMs: number): Failure => ({ kind: 'rate-limited', upstream, retryAfterMs })

  it.each<[string, Failure, number | undefined]>([
    ['one that could not be reached', { kind: 'unreachable', detail: '' }, 0],
    ['one that broke off', { kind: 'cut', detail: '' }, 0],
    ['one that failed in its stream', { kind: 'stream-error', upstream }, 0],
    ['one that is overloaded', broken, 0],
    ['one that is overloaded and says how long', { ...broken, retryAfterMs: 700 }, 700],
    ['one that is over its limit for a while', soon(5_000), 5_000],
    ['not one that is over its limit for long', soon(5_001), undefined],
    ['not one that is over its limit and does not say how long', { kind: 'rate-limited', upstream }, undefined],
    ['not one that made no sense', { kind: 'malformed', detail: '' }, undefined],
    ['not one that took too long', { kind: 'timeout', limit: 'first-token', afterMs: 1 }, undefined],
    ['not one whose account is refused', { kind: 'unauthorized', upstream }, undefined],
    ['not one that is not known there', { kind: 'unknown-model', upstream }, undefined],
  ])('%s is asked again', async (_, failure, atLeastMs) => {
    const pauses: unknown[] = []
    const pause: Walk['pause'] = async (...asked) => pauses.push(asked) > 0
    expect(await walker({ a: [failure] }).over({ pause })).toBe(atLeastMs === undefined ? undefined : 'a')
    expect(pauses).toEqual(atLeastMs === undefined ? [] : [[0, atLeastMs]])
  })

  it('the best whose trouble may pass is, longer and longer apart, as often as attempts allow', async () => {
    const { asked, over } = walker({ a: [soon(9_000)], b: [broken, broken, broken, broken], c: [broken] })
    const repeats: number[] = []
    const pause: Walk['pause'] = async repeat => repeats.push(repeat) > 0
    expect(await over({ pause, maxAttempts: 6 })).toBeUndefined()
    expect(asked).toEqual(['a', 'b', 'c', 'b', 'b', 'b'])
    expect(repeats).toEqual([0, 1, 2])
  })

  it('nobody is, where neither the budget nor the deadline leave room for it', async () => {
    const { asked, over } = walker({ a: [broken], b: [broken] })
    expect(await over({ pause: async () => false })).toBeUndefined()
    expect(asked).toEqual(['a', 'b'])
  })

  it('nobody is, whose window the prompt is known to exceed', async () => {
    // The prompt is longer than 200 tokens: b said so, and a has no room for it either
    const { asked, over } = walker({ a: [broken], b: [tooLong] }, [
      model('a', { contextWindow: 100 }),
      model('b', { contextWindow: 200 }),
    ])
    expect(await over({ pause: async () => true })).toBeUndefined()
    expect(asked).toEqual(['a', 'b'])
  })
})

describe('a hedge on the way', () => {
  const hedge: Walk['hedge'] = (_, second) => hedgeNow(() => second(() => true))

  it('counts as an attempt, also where it is outpaced', async () => {
    const ranking = [model('a'), model('b')].map((each, score) => ({ model: each, score }))
    const result = await walk(ranking, { ...UNBOUNDED, hedge }, async ({ id }, outpaced) => {
      if (id === 'b') return ok(id)
      await new Promise(resolve => outpaced.addEventListener('abort', resolve))
      return fail({ kind: 'outpaced' })
    })
    expect(result).toMatchObject({ ok: true, value: { answer: 'b', attempts: 2, tried: [] } })
  })

  it('that both lose goes on with the next, and both are told of', async () => {
    const { asked, over } = walker({ a: [broken], b: [broken], c: [broken] })
    expect(await over({ hedge, maxAttempts: 3 })).toBeUndefined()
    expect(asked).toEqual(['a', 'b', 'c'])
  })

  it.each<[string, Partial<Walk>]>([
    ['attempts', { maxAttempts: 1 }],
    ['fallback', { fallback: false }],
    ['candidates', { isEligible: () => false }],
  ])('is not made, and nothing is spent on it, where there are no %s left', async (_, rules) => {
    let spent = 0
    const asks: Walk['hedge'] = (_first, second) => hedgeNow(() => second(() => ++spent > 0))
    const { asked, over } = walker({ a: [], b: [] })
    expect(await over({ hedge: asks, ...rules })).toBe('a')
    expect(asked).toEqual(['a'])
    expect(spent).toBe(0)
  })

  it('is not made where it may not be, and its candidate is still there to fall back to', async () => {
    const { asked, over } = walker({ a: [broken], b: [] })
    expect(await over({ hedge: (_, second) => hedgeNow(() => second(() => false)) })).toBe('b')
    expect(asked).toEqual(['a', 'b'])
  })
})

describe('patience with the first', () => {
  const late: Failure = { kind: 'timeout', limit: 'first-token', afterMs: 1_000 }
  const [a, b, c] = ['a', 'b', 'c'].map(id => model(id, { secret: id.toUpperCase() }))
  const all = [a, b, c].filter(each => each !== undefined)

  /** Each attempt that has patience looks once; whoever is not given up then and is not `late` answers. `had`: who had patience. */
  async function walkedWith(
    rules: Partial<Walk>,
    {
      models = all,
      may = () => true,
      slow = [],
    }: { models?: readonly Model[]; may?: (other: Model) => boolean; slow?: readonly string[] } = {},
  ) {
    const had: string[] = []
    const looked: string[] = []
    const asked: string[] = []
    const patience: Walk['patience'] = ({ id }, giveWay) => {
      had.push(id)
      const isOver = () =>
        giveWay(other => {
          looked.push(other.id)
          return may(other)
        })
      return { everyMs: 1_000, isOver }
    }
    const ranking = models.map((each, score) => ({ model: each, score }))
    const result = await walk(ranking, { ...UNBOUNDED, patience, ...rules }, async ({ id }, _, given) => {
      asked.push(id)
      const isGivenUp = given?.isOver(1_000) === true
      return isGivenUp || slow.includes(id) ? fail(late) : ok(id)
    })
    return { asked, had, looked, answered: result.ok ? result.value.answer : undefined }
  }

  it('over, the next answers, and is given all of its time', async () => {
    expect(await walkedWith({})).toEqual({ asked: ['a', 'b'], had: ['a'], looked: ['b'], answered: 'b' })
  })

  it('is not over where nobody else may be asked', async () => {
    expect(await walkedWith({}, { may: () => false })).toEqual({ asked: ['a'], had: ['a'], looked: ['b'], answered: 'a' })
  })

  it('passes over who can no longer serve', async () => {
    expect(await walkedWith({ isEligible: ({ id }) => id !== 'b' })).toMatchObject({ asked: ['a', 'c'], looked: ['c'] })
  })

  it.each<[string, Partial<Walk>]>([
    ['past the deadline', { isOver: () => true }],
    ['where nobody is left', { isEligible: () => false }],
  ])('is not over %s', async (_, rules) => {
    expect(await walkedWith(rules)).toMatchObject({ asked: ['a'], looked: [], answered: 'a' })
  })

  it.each<[string, Partial<Walk>, readonly Model[]]>([
    ['fallback is off', { fallback: false }, all],
    ['there is one attempt', { maxAttempts: 1 }, all],
    ['there is one candidate', {}, all.slice(0, 1)],
  ])('is not even asked for where %s', async (_, rules, models) => {
    expect(await walkedWith(rules, { models })).toMatchObject({ asked: ['a'], had: [], answered: 'a' })
  })

  it('is paid for once: whoever the first is left for takes nothing more out of the budget, whatever its account', async () => {
    const models = ['a', 'b', 'c'].map(id => model(id, { secret: 'ONE' }))
    const budget = purse(1)
    const { asked, answered } = await walkedWith(budget, { models, may: budget.withdraw, slow: ['b'] })
    // The purse is empty when b fails in turn
    expect(asked).toEqual(['a', 'b'])
    expect(answered).toBeUndefined()
    expect(budget.taken).toBe(1)
  })

  it('stands by its word: whom the first was left for is asked, though it may have filled up since', async () => {
    let looks = 0
    expect(await walkedWith({ isEligible: () => ++looks === 1 })).toMatchObject({ asked: ['a', 'b'], answered: 'b' })
  })
})
