import { describe, expect, it } from 'vitest'
import { Fleet } from './fleet'

/** Accounts and places: what several models share, and what can fail for all of them at once. */

const ACCOUNT = '#account:KEY'
const PLACE = '#place:openai@HKG'
const SHARED = [ACCOUNT, PLACE]
const MINUTE = 60_000

const take = (fleet: Fleet, index: number, model = 'a') => fleet.isolate(index).take(model, 100, fleet.nowMs, SHARED)

/** Isolate 0 has been refused, for five minutes. */
function refused(isolates = 2, cools = ACCOUNT): Fleet {
  const fleet = new Fleet(isolates)
  fleet.syncAll()
  take(fleet, 0).settle({ verdict: 'neutral', coolMs: 5 * MINUTE, cools }, fleet.nowMs)
  return fleet
}

describe.each([ACCOUNT, PLACE])('%s, once refused', id => {
  it('is left out here at once, and everywhere within a sync', () => {
    const fleet = refused(2, id)
    expect(fleet.load(0, id)).toMatchObject({ ejectedForMs: 5 * MINUTE, probe: false })
    expect(fleet.load(1, id).ejectedForMs).toBe(0)
    fleet.sync(0)
    fleet.sync(1)
    expect(fleet.load(1, id)).toMatchObject({ ejectedForMs: 5 * MINUTE, probe: false })
  })

  it('does not blame the model, nor what else the model is reached by', () => {
    const fleet = refused(2, id)
    fleet.syncAll()
    for (const other of ['a', ...SHARED.filter(each => each !== id)])
      expect(fleet.load(1, other)).toMatchObject({ ejectedForMs: 0, failureRate: 0, recentFailures: 0 })
  })

  it('is tried by one request of an isolate when its time is over, and healed by its answer', () => {
    const fleet = refused(3, id)
    fleet.syncAll()
    fleet.pass(5 * MINUTE)
    fleet.syncAll()
    expect(fleet.load(0, id).probe).toBe(true)
    // Any model behind it will do
    const probe = take(fleet, 0, 'b')
    expect(fleet.load(0, id).probe).toBe(false)
    probe.settle({ verdict: 'succeeded' }, fleet.nowMs)
    fleet.syncAll()
    for (const index of [0, 1, 2]) expect(fleet.load(index, id)).toMatchObject({ ejectedForMs: 0, probe: false })
  })

  it('stays left out when its probe is refused again', () => {
    const fleet = refused(2, id)
    fleet.syncAll()
    fleet.pass(5 * MINUTE)
    fleet.syncAll()
    take(fleet, 0).settle({ verdict: 'neutral', coolMs: 5 * MINUTE, cools: id }, fleet.nowMs)
    fleet.syncAll()
    for (const index of [0, 1]) expect(fleet.load(index, id)).toMatchObject({ ejectedForMs: 5 * MINUTE, probe: false })
  })

  it('is not healed by a failure of the model behind it', () => {
    const fleet = refused(2, id)
    fleet.syncAll()
    fleet.pass(5 * MINUTE)
    fleet.syncAll()
    take(fleet, 0).settle({ verdict: 'failed' }, fleet.nowMs)
    fleet.syncAll()
    // That it was tried is known, and nobody else does so for a while
    for (const index of [0, 1]) expect(fleet.load(index, id)).toMatchObject({ ejectedForMs: 10_000, probe: false })
    fleet.pass(10_000)
    for (const index of [0, 1]) expect(fleet.load(index, id)).toMatchObject({ ejectedForMs: 1, probe: true })
  })

  it('of an isolate that saw the refusal itself is healed by its own next answer, if another had the probe', () => {
    const fleet = refused(2, id)
    fleet.syncAll()
    fleet.pass(5 * MINUTE)
    fleet.sync(1)
    take(fleet, 1).settle({ verdict: 'succeeded' }, fleet.nowMs)
    fleet.syncAll()
    expect(fleet.load(0, id)).toMatchObject({ probe: true })
    take(fleet, 0).settle({ verdict: 'succeeded' }, fleet.nowMs)
    expect(fleet.load(0, id)).toMatchObject({ ejectedForMs: 0, probe: false })
  })
})

describe('an account and a place that work', () => {
  it('are never news: no report mentions them', () => {
    const fleet = new Fleet(1)
    take(fleet, 0).settle({ verdict: 'succeeded' }, fleet.nowMs)
    expect(Object.keys(fleet.report(0).learned)).toEqual(['a'])
  })

  it('have no leases of their own: only models are in flight', () => {
    const fleet = new Fleet(1)
    take(fleet, 0)
    expect(fleet.report(0).leases).toEqual({ a: [1, 100] })
  })
})

it('nobody is offered a probe of what is healthy', () => {
  const fleet = new Fleet(1)
  expect(fleet.load(0).probe).toBe(false)
  fleet.succeed(0)
  fleet.syncAll()
  expect(fleet.load(0)).toMatchObject({ ejectedForMs: 0, probe: false })
})
