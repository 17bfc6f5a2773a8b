import { describe, expect, it } from 'vitest'
import { StaleRows } from '../../src/state/stale-rows'
import { MIN_INTERVAL_MS } from '../../src/state/sync-pace'
import { START_MS } from './fleet'

const all = () => ['a', 'b', 'c']

/** All has just been written. */
function fresh(): StaleRows {
  const rows = new StaleRows()
  rows.due(MIN_INTERVAL_MS, all, START_MS)
  return rows
}

describe('stale rows', () => {
  it('are all there are at first, and again every half second, since some of what they say fades', () => {
    const rows = new StaleRows()
    expect(rows.due(MIN_INTERVAL_MS, all, START_MS)).toEqual(['a', 'b', 'c'])
    expect(rows.due(MIN_INTERVAL_MS, all, START_MS + 499)).toEqual([])
    expect(rows.due(MIN_INTERVAL_MS, all, START_MS + 500)).toEqual(['a', 'b', 'c'])
  })

  it('in between are those that have changed, once each, written once', () => {
    const rows = fresh()
    rows.add(['b', 'gone', 'b'])
    expect(rows.due(MIN_INTERVAL_MS, all, START_MS + 1)).toEqual(['b', 'gone'])
    expect(rows.due(MIN_INTERVAL_MS, all, START_MS + 2)).toEqual([])
  })

  it('are written with every report while these are few, and else once in a twentieth of what the interval has grown by', () => {
    const rows = fresh()
    const intervalMs = MIN_INTERVAL_MS + 1_000
    rows.add(['a'])
    expect(rows.due(intervalMs, all, START_MS + 49)).toEqual([])
    rows.add(['c'])
    expect(rows.due(intervalMs, all, START_MS + 50)).toEqual(['a', 'c'])
    rows.add(['b'])
    expect(rows.due(MIN_INTERVAL_MS, all, START_MS + 50)).toEqual(['b'])
  })
})
