/** The cells to compare policies in: every trace at every load, with the rest turned by one from cell to cell, so that a small grid meets everything. */
import { FAULTS, type Fault } from './faults'
import { type Fleet, HOSTED, SERVED, TIERS } from './fleet'
import type { Scenario } from './simulation'
import type { Trace } from './trace'

export type Block = 'served' | 'hosted' | 'limited' | 'weights' | 'deadline' | 'decide' | 'affinity'

/** A scenario of one of the tables. */
export interface Cell extends Scenario {
  readonly block: Block
}

export const LOADS = [0.5, 0.75, 0.9] as const
/** How many isolates there are, and how old their views. */
const VIEWS = [
  { isolates: 1, staleness: 'own' },
  { isolates: 10, staleness: 'fresh' },
  { isolates: 30, staleness: 'own' },
  { isolates: 100, staleness: 1_000 },
  { isolates: 100, staleness: 5_000 },
  { isolates: 1_000, staleness: 'own' },
] as const
const AGES = ['fresh', 'own', 1_000, 5_000] as const
/** Where so many of the prompt tokens come again at least, it is conversations. */
const CONVERSES = 0.1
/** A rate limit is a table of its own, as 429s are what is counted there. */
const MAIN_FAULTS: readonly Fault[] = FAULTS

export type Size = 'small' | 'full'
const REQUESTS: Readonly<Record<Size, number>> = { small: 6_000, full: 10_000 }

export function gridOf(traces: readonly Trace[], size: Size, seed: number): readonly Cell[] {
  const requests = REQUESTS[size]
  const common = { requests, weightError: 1, seed }
  const cells: Cell[] = []
  for (const [t, trace] of traces.entries()) {
    for (const [l, load] of LOADS.entries()) {
      const views = size === 'full' ? VIEWS : [turned(VIEWS, t + 2 * l + seed)]
      for (const [v, view] of views.entries()) {
        const fault = turned(MAIN_FAULTS, t * 3 + l * 2 + v + seed)
        if (v === 0) {
          const calm = { fault: 'calm', fleet: turned(TIERS, t + l), deadlines: true } as const
          cells.push({ ...common, ...turned(VIEWS, t + l + seed), ...calm, block: 'deadline', trace, load })
        }
        cells.push({ ...common, ...view, block: 'served', trace, load, fleet: turned(SERVED, t + l + v), fault })
      }
    }
    cells.push(...decideCells(trace, t, size, seed))
    if (trace.repeated >= CONVERSES) cells.push(...affinityCells(trace, t, common))
    const turn = t + seed
    cells.push({ ...common, ...hostedOf(t, seed), block: 'hosted', trace })
    const served = { trace, fleet: turned(SERVED, turn), load: turned(LOADS, turn), ...turned(VIEWS, turn * 5 + 1) }
    cells.push({ ...common, ...served, block: 'limited', fault: 'limit' })
    cells.push({ ...common, ...served, block: 'weights', fault: turned(MAIN_FAULTS, turn), weightError: 2 })
  }
  return cells
}

/** To the tracker and back: in the same town, on the same continent, across an ocean. */
export const ROUND_TRIPS_MS = [20, 60, 150] as const
const DECIDERS = [5, 15, 40] as const
/** At half of its capacity a fleet hardly cares. */
const BUSY_LOADS = [0.75, 0.9] as const
/** Every isolate refreshes whether a request comes or not, which is what a run takes its time for. */
const DECISIONS: Readonly<Record<Size, number>> = { small: 2_500, full: 6_000 }

/** Where a decision gets its view, at every round trip alike. */
function decideCells(trace: Trace, t: number, size: Size, seed: number): readonly Cell[] {
  const common = {
    block: 'decide',
    trace,
    weightError: 1,
    staleness: 'own',
    fault: 'calm',
    requests: DECISIONS[size],
    seed,
  } as const
  return BUSY_LOADS.flatMap((load, l) =>
    ROUND_TRIPS_MS.map((roundTripMs): Cell => {
      const [fleet, isolates] = [turned(SERVED, t + l + seed), turned(DECIDERS, t + 2 * l + seed)]
      return { ...common, load, fleet, isolates, roundTripMs }
    }),
  )
}

/** Conversations whose turns come to isolates that know nothing of each other's, at every load and age of the view; and the same at hosted models. */
function affinityCells(trace: Trace, t: number, common: Pick<Cell, 'requests' | 'weightError' | 'seed'>): readonly Cell[] {
  const given = { ...common, block: 'affinity', trace, isolates: 100, fault: 'calm' } as const
  return LOADS.flatMap((load, l): Cell[] => [
    ...AGES.map((staleness, a) => ({ ...given, load, staleness, fleet: turned(SERVED, t + l + a + common.seed) })),
    { ...given, load, staleness: 'own', fleet: turned(HOSTED, t + l + common.seed) },
  ])
}

function hostedOf(t: number, seed: number): Pick<Cell, 'fleet' | 'load' | 'isolates' | 'staleness' | 'fault'> {
  const fleet: Fleet = turned(HOSTED, t)
  return { fleet, load: turned(LOADS, t), ...turned(VIEWS, t + seed), fault: turned(FAULTS, t + seed) }
}

function turned<T>(items: readonly T[], turn: number): T {
  const item = items[turn % items.length]
  if (item === undefined) throw new RangeError('nothing to turn')
  return item
}

export const nameOf = ({ block, trace, load, fleet, isolates, staleness, fault }: Cell): string =>
  `${block} ${trace.name} ${Math.round(load * 100)} % ${fleet.name} ${isolates}×${staleness} ${fault}`
