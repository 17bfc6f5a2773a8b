import { describe, expect, it } from 'vitest'
import type { Model } from '../../src/model'
import { type Failure, fail, ok, type Result } from '../../src/outcome'
import { type Attempt, type Hedge, hedged } from '../../src/router/hedge'
import { model } from '../strategy/given'
import { settled } from './virtual-world'

const [a, b] = [model('a'), model('b')]
const broken: Failure = { kind: 'unreachable', detail: 'No.' }
const empty: Failure = { kind: 'malformed', detail: 'it is empty' }

/** Attempts that end when a test says so. */
function given({ hedging = true, second = [b] }: { readonly hedging?: boolean; readonly second?: readonly Model[] } = {}) {
  const ends = new Map<string, (result: Result<string>) => void>()
  const stopped: string[] = []
  const patience = { over: () => {}, calledOff: 0, started: 0 }
  let asked = 0
  const attempt: Attempt<string> = ({ id }, outpaced) =>
    new Promise(resolve => {
      ends.set(id, resolve)
      outpaced.addEventListener('abort', () => {
        stopped.push(id)
        resolve(fail({ kind: 'outpaced' }))
      })
    })
  const hedge: Hedge = {
    patience: over => {
      patience.started += 1
      patience.over = over
      return () => {
        patience.calledOff += 1
      }
    },
    second: () => {
      asked += 1
      return second[0]
    },
  }
  return {
    run: hedged(a, hedging ? hedge : undefined, attempt),
    patience,
    stopped,
    begun: () => [...ends.keys()],
    asked: () => asked,
    /** Everything that follows has happened when it resolves. */
    end: async (id: string, result: Result<string>) => {
      ends.get(id)?.(result)
      await settled()
    },
    impatient: async () => {
      patience.over()
      await settled()
    },
  }
}

const ran = async (run: ReturnType<typeof given>['run']) =>
  (await run).map(({ model: { id }, result }) => [id, result.ok ? result.value : result.failure.kind])

describe('a hedge', () => {
  it('is not made where the first answers in time, and its timer is called off', async () => {
    const race = given()
    await race.end('a', ok('A'))
    expect(await ran(race.run)).toEqual([['a', 'A']])
    expect(race.begun()).toEqual(['a'])
    expect(race.asked()).toBe(0)
    expect(race.patience).toMatchObject({ started: 1, calledOff: 1 })
    expect(race.stopped).toEqual([])
  })

  it('is not made where the first fails in time: falling back is not its business', async () => {
    const race = given()
    await race.end('a', fail(broken))
    expect(await ran(race.run)).toEqual([['a', 'unreachable']])
    expect(race.begun()).toEqual(['a'])
    expect(race.patience.calledOff).toBe(1)
    // A timer that fires all the same changes nothing
    await race.impatient()
    expect(race.begun()).toEqual(['a'])
  })

  it('runs beside the first when that is slow', async () => {
    const race = given()
    await settled()
    expect(race.begun()).toEqual(['a'])
    await race.impatient()
    expect(race.begun()).toEqual(['a', 'b'])
    expect(race.stopped).toEqual([])
    await race.end('a', ok('A'))
    await race.run
  })

  it.each([
    ['the first', 'a', 'b'],
    ['the second', 'b', 'a'],
  ])('is won by %s if it answers first, and the other is stopped at once, and once', async (_, winner, loser) => {
    const race = given()
    await race.impatient()
    await race.end(winner, ok('Won'))
    expect(race.stopped).toEqual([loser])
    expect(await ran(race.run)).toEqual([[winner, 'Won']])
    await race.end(loser, ok('Late'))
    expect(race.stopped).toEqual([loser])
  })

  it.each([
    ['an error', broken],
    ['an empty answer', empty],
  ])('is not won by %s: the other runs on and may still answer', async (_, failure) => {
    for (const [quick, slow] of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const race = given()
      await race.impatient()
      await race.end(quick, fail(failure))
      expect(race.stopped).toEqual([])
      await race.end(slow, ok('Sound'))
      expect(await ran(race.run)).toEqual([
        [quick, failure.kind],
        [slow, 'Sound'],
      ])
      expect(race.stopped).toEqual([])
    }
  })

  it('that nobody wins tells of both, in the order in which they failed', async () => {
    const race = given()
    await race.impatient()
    await race.end('b', fail(broken))
    await race.end('a', fail(empty))
    expect(await ran(race.run)).toEqual([
      ['b', 'unreachable'],
      ['a', 'malformed'],
    ])
  })

  it('is not made where there is nobody to hedge with; the first has all its time', async () => {
    const race = given({ second: [] })
    await race.impatient()
    expect(race.asked()).toBe(1)
    expect(race.begun()).toEqual(['a'])
    await race.end('a', ok('A'))
    expect(await ran(race.run)).toEqual([['a', 'A']])
  })

  it('is not made where none is asked for', async () => {
    const race = given({ hedging: false })
    await race.end('a', ok('A'))
    expect(await ran(race.run)).toEqual([['a', 'A']])
    expect(race.patience.started).toBe(0)
  })
})
