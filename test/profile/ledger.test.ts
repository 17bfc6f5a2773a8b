import { describe, expect, it } from 'vitest'
import { createLedger } from '../profiling/ledger'

describe('a budget', () => {
  it('lets nobody begin what might pass it', async () => {
    const ledger = createLedger(1, 0.5)
    expect(await ledger.hold(0.5)).toBe(true)
    ledger.settle(0.5, 0.4)
    expect(ledger.spentUsd).toBeCloseTo(0.9, 12)
    expect(await ledger.hold(0.2)).toBe(false)
    expect(await ledger.hold(0.1)).toBe(true)
  })

  it('waits for what is held, and takes what is left over of it', async () => {
    const ledger = createLedger(1, 0)
    expect(await ledger.hold(0.8)).toBe(true)
    let answered: boolean | undefined
    const waiting = ledger.hold(0.8).then(answer => {
      answered = answer
    })
    await Promise.resolve()
    expect(answered).toBeUndefined()
    ledger.settle(0.8, 0.1)
    await waiting
    expect(answered).toBe(true)
  })

  it('tells everyone who waits when nothing more can become free', async () => {
    const ledger = createLedger(1, 0)
    await ledger.hold(0.8)
    const waiting = [ledger.hold(0.5), ledger.hold(0.5)]
    ledger.settle(0.8, 0.8)
    expect(await Promise.all(waiting)).toEqual([false, false])
  })

  it('of zero is enough for what costs nothing', async () => {
    expect(await createLedger(0, 0).hold(0)).toBe(true)
    expect(await createLedger(0, 0).hold(0.01)).toBe(false)
  })
})
