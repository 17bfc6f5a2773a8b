import { expect, it } from 'vitest'
import type { Decided } from '../../src/router/inform'
import { AskRecord } from './ask-record'

const central = (how: Omit<Decided, 'mode'>): Decided => ({ mode: 'central', ...how })

it('counts each request that wanted to ask once: as answered, asked in vain, spared, or not asked since others waited in vain', () => {
  const record = new AskRecord()
  record.decided(central({ by: 'tracker', waitedMs: 3 }), 3.5)
  // Of a clock in whole ms
  record.decided(central({ by: 'tracker', waitedMs: 0 }), 0.5)
  record.decided(central({ by: 'isolate', waitedMs: 250 }), 251)
  // One that is spared may wait for a fresh view all the same, and that is no question's time
  for (const waitedMs of [0, 0, 140]) record.decided(central({ by: 'isolate', waitedMs, spared: true }), waitedMs)
  record.decided(central({ by: 'isolate', waitedMs: 0 }), 0)
  expect(record.rates(2)).toMatchObject({
    wantedPerSecond: 3.5,
    askedPerSecond: 1.5,
    answeredPerSecond: 1,
    sparedPerSecond: 1.5,
    unaskedPerSecond: 0.5,
    p50Ms: 3.5,
    p99Ms: 251,
  })
})

it('tells what the object told, how old the views were, and what the calls came to', () => {
  const record = new AskRecord()
  for (const share of [1, 0.5]) record.told(share)
  for (const ageMs of [100, 200, 600]) record.looked(ageMs)
  for (let at = 0; at < 8; at++) record.synced()
  record.failed()
  expect(record.rates(4)).toMatchObject({ share: 0.75, ageMs: 300, p95AgeMs: 600, syncsPerSecond: 2, failures: 1 })
})
