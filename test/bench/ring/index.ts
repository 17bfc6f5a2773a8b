/**
 * `npm run bench -- ring`: the hash ring beside that of the npm package hashring (lookups, memory, rebuilding, evenness, keys that move), and how many
 * conversations stay with their model under the strategy that is built on it. Some three minutes, on one core.
 */
import { number } from '../../providers/json'
import { start } from '../child'
import { machine } from '../report'
import { type Affinity, affinityOf } from './affinity'
import { CONTESTANTS, type ContestantName, SIZES } from './contestants'
import { distributionOf } from './distribution'
import type { Answer, Question } from './memory'
import { type Compared, timeRebuild, timeWalk } from './timing'

/** Averages over so many sets of ids: many for few models, whose shares differ more. */
const SETS: Readonly<Record<(typeof SIZES)[number], number>> = { 3: 100, 8: 50, 100: 5, 1000: 2 }
const ISOLATES = [1, 10, 100, 1_000]
const VIEW_AGES_MS = [0, 250, 1_000, 5_000]
const LOADS = [0.5, 0.9]
const SEEDS = [1, 2]
const COUNTED_MS = 400_000
/** A position (4 bytes) and an owner (2 bytes) a node, two flags a model. */
const computedBytes = (models: number) => models * 160 * (4 + 2) + models * 2

export async function benchRing(): Promise<void> {
  console.log(`${machine(Date.now())}; keys of 16 characters, 160 virtual nodes a model`)
  console.log('ours and hashring alternate: median of 9 rounds; × is the median of hashring / ours round by round\n')
  printTable(
    ['CPU ns for all in order', 'ours', 'hashring', '×'],
    SIZES.map(size => [size.toString(), ...compared(timeWalk(size), 0)]),
  )
  printTable(
    ['CPU ms to rebuild', 'ours', 'hashring', '×'],
    SIZES.map(size => [size.toString(), ...compared(timeRebuild(size), 2)]),
  )
  await printMemory()
  printTable(
    ['even?', 'models', 'max/mean', 'spread', 'moved when one goes', 'ideal', 'when one comes', 'ideal', 'for nothing'],
    SIZES.flatMap(size => CONTESTANTS.map(name => evenness(name, size))),
  )
  printAffinity()
}

const compared = ({ ours, hashring, ratio }: Compared, digits: number): readonly string[] => [
  ours.toFixed(digits),
  hashring.toFixed(digits),
  ratio.toFixed(1),
]

async function printMemory(): Promise<void> {
  const { child } = await start('ring/memory', ['--expose-gc', '--max-semi-space-size=128'])
  try {
    const rows: string[][] = []
    for (const size of SIZES)
      for (const contestant of CONTESTANTS) {
        const question: Question = { contestant, size }
        const answer = await child.ask(question)
        const bytes = (name: keyof Answer) => (number(answer[name]) ?? Number.NaN).toFixed(0)
        const computed = contestant === 'ours' ? computedBytes(size).toString() : '–'
        rows.push([contestant, size.toString(), bytes('ringBytes'), computed, bytes('walkBytes')])
      }
    printTable(['bytes', 'models', 'a ring', 'computed', 'left by all in order'], rows)
  } finally {
    child.close()
  }
}

function evenness(name: ContestantName, size: (typeof SIZES)[number]): readonly string[] {
  const { maxOverMean, spread, moved, movedToNew, movedForNothing } = distributionOf(name, size, SETS[size])
  const ideals = [1 / size, 1 / (size + 1)].map(share => percent(share, 2))
  return [
    name,
    size.toString(),
    maxOverMean.toFixed(2),
    percent(spread),
    percent(moved, 2),
    ideals[0] ?? '',
    percent(movedToNew, 2),
    ideals[1] ?? '',
    percent(movedForNothing, 2),
  ]
}

function printAffinity(): void {
  const mean = (list: readonly Affinity[], of: (one: Affinity) => number) =>
    list.reduce((sum, one) => sum + of(one), 0) / list.length
  const rows = LOADS.flatMap(load =>
    ISOLATES.map(isolates => {
      const cells = VIEW_AGES_MS.map(viewAgeMs =>
        SEEDS.map(seed => affinityOf({ isolates, viewAgeMs, load, seed, countedMs: COUNTED_MS })),
      )
      return [
        percent(load, 0),
        isolates.toString(),
        ...cells.map(cell => `${percent(mean(cell, one => one.kept))} (${mean(cell, one => one.maxOverMean).toFixed(2)})`),
      ]
    }),
  )
  console.log(`turns that go to the model of the turn before (fullest model / mean), seeds ${SEEDS.join(', ')}; by chance 12.5 %`)
  printTable(['load', 'isolates', ...VIEW_AGES_MS.map(age => `view ${age / 1_000} s old`)], rows)
}

const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => (row[column] ?? '').length)))
  const line = (cells: readonly string[]) => cells.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')
  console.log([line(head), ...rows.map(line)].join('\n'), '\n')
}
