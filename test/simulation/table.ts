/** Figures as text: every cell, and for each block of cells one line a policy. */
import { type Block, type Cell, nameOf } from './grid'
import type { Figures } from './measures'

/** By cell and policy. */
export type Results = ReadonlyMap<number, ReadonlyMap<string, Figures>>

export interface Summary {
  readonly policy: string
  readonly cells: number
  /** Geometric means of the policy's p95 over that of `base` in the same cell; of all cells, and of those with a fresh view. */
  readonly ratio: number
  readonly freshRatio: number
  readonly worst: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly errors: number
  readonly goodput: number
  readonly cached: number
  readonly hits: number
  readonly imbalance: number
  readonly syncsPerSecond: number
  readonly rejected: number
  /** Geometric mean of what was paid over what `base` paid. */
  readonly priceRatio: number
}

export function summarise(
  cells: readonly Cell[],
  results: Results,
  block: Block,
  policy: string,
  base: string,
): Summary | undefined {
  const rows = cells.flatMap((cell, index) => {
    const figures = results.get(index)?.get(policy)
    const best = results.get(index)?.get(base)
    return cell.block !== block || figures === undefined || best === undefined
      ? []
      : [{ cell, figures, ratio: figures.p95Ms / best.p95Ms, priceRatio: figures.price / best.price }]
  })
  if (rows.length === 0) return undefined
  const all = (of: (figures: Figures) => number) => rows.map(({ figures }) => of(figures))
  const fresh = rows.filter(({ cell }) => cell.staleness === 'fresh' || cell.isolates === 1)
  return {
    policy,
    cells: rows.length,
    ratio: geometricMean(rows.map(({ ratio }) => ratio)),
    freshRatio: geometricMean(fresh.map(({ ratio }) => ratio)),
    worst: Math.max(...rows.map(({ ratio }) => ratio)),
    p50Ms: geometricMean(all(({ p50Ms }) => p50Ms)),
    p95Ms: geometricMean(all(({ p95Ms }) => p95Ms)),
    p99Ms: geometricMean(all(({ p99Ms }) => p99Ms)),
    errors: mean(all(({ errors }) => errors)),
    goodput: mean(all(({ goodput }) => goodput)),
    cached: mean(all(({ cached }) => cached)),
    hits: mean(all(({ hits }) => hits)),
    imbalance: mean(all(({ imbalance }) => imbalance)),
    syncsPerSecond: mean(all(({ syncsPerSecond }) => syncsPerSecond)),
    rejected: mean(all(({ rejected }) => rejected)),
    priceRatio: geometricMean(rows.map(({ priceRatio }) => priceRatio)),
  }
}

const SUMMARY_COLUMNS = [
  'p95 ratio',
  'fresh',
  'worst',
  'p50',
  'p95',
  'p99',
  'errors %',
  'goodput %',
  'cached %',
  'hits %',
  'imbalance',
  'syncs/s',
  '429/100',
  'price ratio',
]

export function summaryText(summaries: readonly Summary[]): string {
  const rows = summaries
    .toSorted((a, b) => a.ratio - b.ratio)
    .map(each => [
      each.policy,
      each.ratio.toFixed(2),
      each.freshRatio.toFixed(2),
      each.worst.toFixed(2),
      each.p50Ms.toFixed(0),
      each.p95Ms.toFixed(0),
      each.p99Ms.toFixed(0),
      (100 * each.errors).toFixed(2),
      (100 * each.goodput).toFixed(2),
      (100 * each.cached).toFixed(0),
      (100 * each.hits).toFixed(1),
      each.imbalance.toFixed(2),
      each.syncsPerSecond.toFixed(0),
      each.rejected.toFixed(2),
      each.priceRatio.toFixed(2),
    ])
  return aligned([['', ...SUMMARY_COLUMNS], ...rows])
}

/** The p95 of every policy in every cell of the block, over that of the first; where there are deadlines, how many of 100 were missed. */
export function cellsText(cells: readonly Cell[], results: Results, block: Block, policies: readonly string[]): string {
  const [base = ''] = policies
  const rows = cells.flatMap((cell, index) => {
    if (cell.block !== block) return []
    const own = results.get(index)
    const best = own?.get(base)
    const shown = policies.map(policy => {
      const figures = own?.get(policy)
      if (figures === undefined || best === undefined) return ''
      if (block === 'deadline') return (100 * figures.errors).toFixed(1)
      return policy === base ? `${figures.p95Ms.toFixed(0)} ms` : (figures.p95Ms / best.p95Ms).toFixed(2)
    })
    return [[nameOf(cell), ...shown]]
  })
  return aligned([['', ...policies.map(policy => policy.replace(/^ref:/, '').slice(0, 12))], ...rows])
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))).join('  ')
  return rows.map(line).join('\n')
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
/** NaN of nothing. */
const geometricMean = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : Math.exp(mean(values.map(value => Math.log(value))))
