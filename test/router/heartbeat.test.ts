import { describe, expect, it } from 'vitest'
import { heartbeat } from '../../src/router/heartbeat'
import { LEASE_MS } from '../../src/state/tracker'
import { START_MS, VirtualWorld } from './virtual-world'

describe('a heartbeat', () => {
  it('beats many times within a lease, until it is stopped', async () => {
    const world = new VirtualWorld()
    let beats = 0
    const rest = heartbeat(
      world,
      () => 1_000,
      () => {
        beats += 1
      },
    )
    expect(beats).toBe(0)
    await world.pass(LEASE_MS)
    expect(beats).toBe(20)
    rest()
    expect(world.armed).toBe(0)
    await world.pass(LEASE_MS)
    expect(beats).toBe(20)
  })

  it('asks before each beat how long it may take', async () => {
    const world = new VirtualWorld()
    const beats: number[] = []
    let everyMs = 250
    const rest = heartbeat(
      world,
      () => everyMs,
      () => {
        beats.push(world.nowMs)
        everyMs = 1_000
      },
    )
    await world.pass(3_000)
    rest()
    // The second was armed before the first had changed it
    expect(beats.map(atMs => atMs - START_MS)).toEqual([250, 500, 1_500, 2_500])
  })

  it('can be stopped from within a beat', async () => {
    const world = new VirtualWorld()
    let beats = 0
    const rest = heartbeat(
      world,
      () => 1_000,
      () => {
        beats += 1
        rest()
      },
    )
    await world.pass(10_000)
    expect(beats).toBe(1)
    expect(world.armed).toBe(0)
  })

  it('goes on after a beat that failed', async () => {
    const world = new VirtualWorld()
    let beats = 0
    heartbeat(
      world,
      () => 1_000,
      () => {
        beats += 1
        if (beats === 1) throw new Error('no context')
      },
    )
    await expect(world.pass(1_000)).rejects.toThrow('no context')
    await world.pass(1_000)
    expect(beats).toBe(2)
  })
})
