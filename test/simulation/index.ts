/**
 * Compares the router's strategies with those of the literature on a simulated fleet:
 *
 *     npm run simulate -- [--data DIR] [--seed N] [--grid small|full] [--only policy,...] [--block served,...] [--cells]
 *
 * `--data` is a folder of traces (see `trace-files.ts`); without it made-up ones are replayed.
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { decideText } from './decide-table'
import { type Block, gridOf, type Size } from './grid'
import type { Figures } from './measures'
import { comparedIn, isOwn, POLICIES } from './policies'
import { runAll } from './pool'
import { cellsText, summarise, summaryText } from './table'
import { tracesOf } from './traces'
import type { Task } from './worker'

const BLOCKS: Readonly<Record<Block, string>> = {
  served: 'Self-hosted models, where queues are; faults of all kinds',
  hosted: 'Hosted APIs only: no queues, only differences and noise',
  limited: 'One model limited to half of its share',
  deadline: 'Every request brings a deadline: an error is one that was missed; price is per request',
  affinity: 'Conversations over a hundred isolates: hits are of the tokens that one endless cache would hold',
  decide: 'Where `adaptive` gets its view of the load from',
  weights: "The operator's weights are off by up to twofold either way",
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seed: { type: 'string', default: '1' },
    grid: { type: 'string', default: 'small' },
    only: { type: 'string' },
    block: { type: 'string' },
    cells: { type: 'boolean', default: false },
  },
})
const size: Size = values.grid === 'full' ? 'full' : 'small'
const seed = Number(values.seed)
const unknown = values.only?.split(',').filter(name => POLICIES[name] === undefined) ?? []
if (unknown.length > 0) throw new Error(`no policy ${unknown.join(', ')}; there are ${Object.keys(POLICIES).join(', ')}`)

const traces = tracesOf(values.data)
const cells = gridOf(traces, size, seed)
// Questions of their own, with runs of their own
const isWanted = (block: Block) =>
  values.block === undefined ? block !== 'decide' && block !== 'affinity' : values.block.split(',').includes(block)
const policiesOf = (block: Block) =>
  comparedIn(block).filter((name, index) => index === 0 || (values.only?.split(',') ?? [name]).includes(name))
const tasks = cells.flatMap(({ block }, cell) => (isWanted(block) ? policiesOf(block).map(policy => ({ cell, policy })) : []))
const results = new Map<number, Map<string, Figures>>()
const startedMs = performance.now()
let requests = 0
// The longest first, so that no thread is left with one at the end: what a run takes its time for is isolates that report
const lengthOf = ({ cell, policy }: Task) => (isOwn(policy) ? (cells[cell]?.isolates ?? 0) : -1)
const longestFirst = tasks.toSorted((a, b) => lengthOf(b) - lengthOf(a))
await runAll(longestFirst, { traces, size, seed }, Math.min(4, availableParallelism()), ({ cell, policy, figures }) => {
  results.set(cell, (results.get(cell) ?? new Map<string, Figures>()).set(policy, figures))
  requests += cells[cell]?.requests ?? 0
})
const tookS = (performance.now() - startedMs) / 1000

console.log(
  `Grid ${size}, seed ${seed}, ${tasks.length} runs, ${requests} requests in ${tookS.toFixed(0)} s. Times in ms to the first token.`,
)
console.log(
  'p95 ratio: geometric mean over the cells of the p95 over that of a balancer that knows everything; fresh: cells in which views are.',
)
for (const [block, title] of Object.entries(BLOCKS) as [Block, string][]) {
  if (!isWanted(block)) continue
  const policies = policiesOf(block)
  if (block === 'decide') {
    console.log(`\n${title}: p95 over that of the tracker's own decision at the shortest round trip\n`)
    console.log(decideText(cells, results, policies))
    continue
  }
  const summaries = policies.flatMap(policy => summarise(cells, results, block, policy, comparedIn(block)[0] ?? policy) ?? [])
  console.log(`\n${title} (${summaries[0]?.cells} cells)\n\n${summaryText(summaries)}`)
  if (values.cells) console.log(`\n${cellsText(cells, results, block, policies)}`)
}
