import { describe, expect, it } from 'vitest'
import { SUMMARY_MS, type Summary } from '../../src/state/summary'
import { Tracker } from '../../src/state/tracker'
import { START_MS } from './fleet'

const TOLD: Summary = { isolates: 3, arrivalsPerSecond: 0, tokensPerSecond: 0, models: { m: { held: [7, 700, 2] } } }

describe('a tracker that falls silent', () => {
  it.each([
    ['the state is looked at first', (_: Tracker) => {}],
    [
      'another is told of it first, before the next look',
      (tracker: Tracker) => tracker.summary('c', START_MS + SUMMARY_MS + 100),
    ],
  ])('takes its isolates with it, when %s', (_, before) => {
    const tracker = new Tracker()
    tracker.hear('b', TOLD, START_MS)
    expect(tracker.state(START_MS + SUMMARY_MS - 100)).toMatchObject({ isolates: 3, models: { m: { inFlight: 7 } } })
    before(tracker)
    expect(tracker.state(START_MS + SUMMARY_MS + 5_000)).toMatchObject({ isolates: 0, models: {} })
  })
})
