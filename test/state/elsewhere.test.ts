import { describe, expect, it } from 'vitest'
import { LocalLoad } from '../../src/state/local-load'
import { KnownRows } from '../../src/state/rows'
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

describe('a model whose time is over where it was left out', () => {
  const OUT: Summary = { ...TOLD, models: { m: { out: [1, 10_000] } } }

  it.each(['in full', 'in rows'])(
    'may be tried by those who hear of it, again when that was in vain, until it answers, told %s',
    how => {
      const tracker = new Tracker({ models: {} }, 'e')
      let nowMs = START_MS
      const isolates = ['x', 'y'].map(name => ({ load: new LocalLoad(name), rows: new KnownRows() }))
      const heard = () => {
        // Whoever left it out has stopped trying
        tracker.hear('b', OUT, nowMs)
        for (const { load, rows } of isolates) {
          const report = load.report(nowMs)
          if (how === 'in full') {
            load.accept(tracker.sync(report, nowMs), nowMs)
            continue
          }
          const { head, rows: text } = tracker.answer({ ...report, has: rows.version }, nowMs)
          load.accept({ ...head, models: rows.accept(JSON.parse(text)) }, nowMs)
        }
        return isolates.map(({ load }) => load.load('m', nowMs).probe)
      }
      expect(heard()).toEqual([true, true])
      isolates[0]?.load.take('m', 10, nowMs)
      expect(heard()).toEqual([false, false])
      nowMs += 9_000
      expect(heard()).toEqual([false, false])
      // That one is lost
      nowMs += 1_000
      expect(heard()).toEqual([true, true])
      const [first] = isolates.filter(({ load }) => load.load('m', nowMs).probe)
      first?.load.take('m', 10, nowMs).settle({ verdict: 'succeeded' }, nowMs)
      heard()
      expect(isolates.map(({ load }) => load.load('m', nowMs).ejectedForMs)).toEqual([0, 0])
    },
  )
})

it('a model that is due here and left out for longer elsewhere is not due', () => {
  const tracker = new Tracker()
  const load = new LocalLoad('x')
  for (let i = 0; i < 20; i++) load.take('m', 10, START_MS).settle({ verdict: 'failed' }, START_MS)
  tracker.sync(load.report(START_MS), START_MS)
  const nowMs = START_MS + 8_000
  expect(tracker.state(nowMs).models.m).toMatchObject({ ejectedForMs: 1, dueForMs: 3_000 })
  const out = [60_000, 0] as const
  tracker.hear('b', { isolates: 1, arrivalsPerSecond: 0, tokensPerSecond: 0, models: { m: { out } } }, nowMs)
  expect(tracker.state(nowMs).models.m).toMatchObject({ ejectedForMs: 60_000, dueForMs: undefined })
})
