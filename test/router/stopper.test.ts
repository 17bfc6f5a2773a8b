import { describe, expect, it } from 'vitest'
import { Stopper } from '../../src/router/stopper'
import { VirtualWorld } from './virtual-world'

function given() {
  const world = new VirtualWorld()
  const leaving = new AbortController()
  return { world, leaving, stopper: new Stopper(world, leaving.signal) }
}

describe('an attempt is stopped', () => {
  it('not before its time, and not by anything but its limits', async () => {
    const { world, stopper } = given()
    stopper.limit('total', 1_000)
    await world.pass(999)
    expect(stopper.signal.aborted).toBe(false)
    expect(stopper.cause).toBeUndefined()
    await world.pass(1)
    expect(stopper.signal.aborted).toBe(true)
    expect(stopper.cause).toEqual({ kind: 'timeout', limit: 'total', afterMs: 1_000 })
  })

  it('by the first cause, which stays', async () => {
    const { world, leaving, stopper } = given()
    stopper.limit('first-token', 100)
    stopper.limit('total', 200)
    await world.pass(300)
    leaving.abort()
    stopper.stop({ kind: 'cut', detail: 'late' })
    expect(stopper.cause).toEqual({ kind: 'timeout', limit: 'first-token', afterMs: 100 })
  })

  it('by the client leaving, and a limit that passes later is no cause', async () => {
    const { world, leaving, stopper } = given()
    stopper.limit('total', 200)
    leaving.abort()
    await world.pass(500)
    expect(stopper.signal.aborted).toBe(true)
    expect(stopper.cause).toEqual({ kind: 'client-left' })
  })

  it('at once when the client has left before it began', () => {
    const gone = AbortSignal.abort()
    const stopper = new Stopper(new VirtualWorld(), gone)
    expect(stopper.signal.aborted).toBe(true)
    expect(stopper.cause).toEqual({ kind: 'client-left' })
  })

  it('not by a limit that was called off', async () => {
    const { world, stopper } = given()
    const callOff = stopper.limit('first-token', 100)
    await world.pass(50)
    callOff()
    callOff()
    await world.pass(1_000)
    expect(stopper.cause).toBeUndefined()
    expect(world.armed).toBe(0)
  })

  it('by a reason that its signal carries', () => {
    const { stopper } = given()
    stopper.stop({ kind: 'unreachable', detail: 'x' })
    expect(stopper.signal.reason).toEqual(new Error('unreachable'))
  })
})

describe('a limit with patience', () => {
  /** Gives up from the given look on; the looks tell what was waited by then. */
  function patient(everyMs: number, over = Number.POSITIVE_INFINITY) {
    const looks: number[] = []
    const isOver = (waitedMs: number) => looks.push(waitedMs) >= over
    return { looks, patience: { everyMs, isOver } }
  }

  it('looks again and again, with one timer, and then passes as without', async () => {
    const { world, stopper } = given()
    const { looks, patience } = patient(300)
    stopper.limit('first-token', 1_000, patience)
    for (let ms = 0; ms < 999; ms++) {
      expect(world.armed).toBe(1)
      await world.pass(1)
    }
    expect(looks).toEqual([300, 600, 900])
    expect(stopper.cause).toBeUndefined()
    await world.pass(1)
    expect(stopper.cause).toEqual({ kind: 'timeout', limit: 'first-token', afterMs: 1_000 })
    expect(looks).toHaveLength(3)
    expect(world.armed).toBe(0)
  })

  it('stops as if it had passed, at the look that gives up', async () => {
    const { world, stopper } = given()
    stopper.limit('first-token', 20_000, patient(300, 2).patience)
    await world.pass(599)
    expect(stopper.cause).toBeUndefined()
    await world.pass(1)
    expect(stopper.cause).toEqual({ kind: 'timeout', limit: 'first-token', afterMs: 600 })
    expect(world.armed).toBe(0)
  })

  it('never looks where it passes first', async () => {
    const { world, stopper } = given()
    const { looks, patience } = patient(1_000, 1)
    stopper.limit('first-token', 1_000, patience)
    await world.pass(1_000)
    expect(stopper.cause).toMatchObject({ afterMs: 1_000 })
    expect(looks).toEqual([])
  })

  it.each<[string, (given: { callOff: () => void; stopper: Stopper }) => void]>([
    ['it was called off', ({ callOff }) => callOff()],
    ['the attempt is over', ({ stopper }) => stopper.release()],
    ['something else has stopped it', ({ stopper }) => stopper.stop({ kind: 'client-left' })],
  ])('looks no more once %s, between two looks either', async (_, end) => {
    const { world, stopper } = given()
    const { looks, patience } = patient(300, 2)
    const callOff = stopper.limit('first-token', 20_000, patience)
    await world.pass(400)
    end({ callOff, stopper })
    await world.pass(60_000)
    expect(looks).toEqual([300])
    expect(world.armed).toBe(0)
  })
})

describe('silence', () => {
  it('stops it after the idle limit', async () => {
    const { world, stopper } = given()
    stopper.idle(1_000).waits()
    await world.pass(999)
    expect(stopper.cause).toBeUndefined()
    await world.pass(1)
    expect(stopper.cause).toEqual({ kind: 'timeout', limit: 'idle', afterMs: 1_000 })
  })

  it('does not, as long as something is seen in time, and it then lasts from the last', async () => {
    const { world, stopper } = given()
    const idle = stopper.idle(1_000)
    for (let i = 0; i < 20; i++) {
      idle.waits()
      await world.pass(900)
      idle.comes()
    }
    idle.waits()
    await world.pass(999)
    expect(stopper.cause).toBeUndefined()
    await world.pass(1)
    expect(stopper.cause).toMatchObject({ limit: 'idle' })
  })

  it('takes one timer however much is seen', async () => {
    const { world, stopper } = given()
    const idle = stopper.idle(1_000)
    for (let i = 0; i < 10_000; i++) {
      idle.comes()
      idle.waits()
    }
    expect(world.armed).toBe(1)
    await world.pass(1_500)
    expect(world.armed).toBe(0)
    expect(stopper.cause).toMatchObject({ limit: 'idle' })
  })
})

describe('time in which nobody waits for the upstream', () => {
  it('is no silence of its own, however long: the client may be slow to read', async () => {
    const { world, stopper } = given()
    const idle = stopper.idle(1_000)
    idle.waits()
    await world.pass(500)
    idle.comes()
    await world.pass(60_000)
    expect(stopper.cause).toBeUndefined()
    idle.waits()
    await world.pass(1_999)
    expect(stopper.cause).toMatchObject({ limit: 'idle' })
  })
})

describe('an answer that is complete', () => {
  it('is closed without a cause, and nothing that follows is one', async () => {
    const { leaving, stopper } = given()
    stopper.close()
    expect(stopper.signal.aborted).toBe(true)
    leaving.abort()
    expect(stopper.cause).toBeUndefined()
  })
})

describe('once it is released', () => {
  it('nothing fires any more, and nothing is left armed', async () => {
    const { world, leaving, stopper } = given()
    stopper.limit('total', 100)
    stopper.limit('first-token', 50)
    stopper.idle(80).waits()
    await world.pass(60)
    stopper.release()
    expect(world.armed).toBe(0)
    await world.pass(10_000)
    leaving.abort()
    expect(stopper.cause).toEqual({ kind: 'timeout', limit: 'first-token', afterMs: 50 })
  })

  it('the client leaving aborts nothing', () => {
    const { leaving, stopper } = given()
    stopper.release()
    leaving.abort()
    expect(stopper.signal.aborted).toBe(false)
  })
})
