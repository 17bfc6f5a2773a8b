/** Fewest requests in flight for its weight: with exact counts of the whole fleet, and with those of the last refresh. */
import type { Setting } from '../simulation'
import { type Balancer, least, reference } from './reference'
import { SharedCounts } from './shared-counts'

const leastOf = (setting: Setting, counts: SharedCounts): Balancer => ({
  pick: ({ isolate }, open) =>
    least(open, model => (counts.inFlight(isolate, model) + 1) / (setting.weights[model] ?? 1), setting.random),
  sent: ({ isolate }, model) => counts.add(isolate, model, 1),
  ended: ({ isolate }, model) => counts.add(isolate, model, -1),
  lost: ({ isolate }, model) => counts.add(isolate, model, -1),
})

export const leastConnectionsExact = reference('least conn. exact', setting =>
  leastOf(setting, new SharedCounts(setting, { exact: true })),
)
export const leastConnectionsStale = reference('least conn. stale', setting => leastOf(setting, new SharedCounts(setting)))
