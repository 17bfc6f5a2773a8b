import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Clock } from './clock'

describe('virtual time', () => {
  it('happens in order, and in the order of planning at one instant, whatever is planned when', () => {
    const times = fc.array(fc.nat(50), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(times, list => {
        const clock = new Clock()
        const happened: (readonly [time: number, place: number])[] = []
        for (const [place, time] of list.entries()) clock.at(time, () => happened.push([clock.nowMs, place]))
        clock.run()
        expect(happened).toEqual(list.map((time, place) => [time, place] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]))
      }),
      { seed: 1, numRuns: 200 },
    )
  })

  it('goes on with what is planned on the way, and what is past happens now', () => {
    const clock = new Clock()
    const seen: number[] = []
    clock.at(5, () => {
      clock.at(1, () => seen.push(clock.nowMs))
      clock.after(3, () => seen.push(clock.nowMs))
    })
    clock.run()
    expect(seen).toEqual([5, 8])
    expect(clock.nextMs).toBeUndefined()
  })

  it('stops where it is told to', () => {
    const clock = new Clock()
    let count = 0
    const again = () => {
      count += 1
      clock.after(10, again)
    }
    clock.after(10, again)
    clock.run(95)
    expect([count, clock.nowMs, clock.nextMs]).toEqual([9, 95, 100])
  })

  it('knows no event at no time', () => {
    expect(() => new Clock().at(Number.NaN, () => {})).toThrow('no time')
  })
})
