/** A thread that runs cells. */
import { parentPort, workerData } from 'node:worker_threads'
import { gridOf, type Size } from './grid'
import type { Figures } from './measures'
import { POLICIES } from './policies'
import { simulate } from './simulation'
import type { Trace } from './trace'

export interface Given {
  readonly traces: readonly Trace[]
  readonly size: Size
  readonly seed: number
}

/** What to run, by the cell's place in the grid. */
export interface Task {
  readonly cell: number
  readonly policy: string
}

export interface Done extends Task {
  readonly figures: Figures
}

const { traces, size, seed }: Given = workerData
const cells = gridOf(traces, size, seed)

parentPort?.on('message', ({ cell, policy }: Task) => {
  const scenario = cells[cell]
  const make = POLICIES[policy]
  if (scenario === undefined || make === undefined) throw new RangeError(`no cell ${cell} or no policy ${policy}`)
  const done: Done = { cell, policy, figures: simulate(scenario, make).figures() }
  parentPort?.postMessage(done)
})
