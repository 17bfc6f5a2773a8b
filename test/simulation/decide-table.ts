/** Where a decision gets its view, as one table: p95 over that of the tracker's own decision at the shortest round trip, trace by trace. */
import { type Cell, ROUND_TRIPS_MS } from './grid'
import type { Figures } from './measures'
import type { Results } from './table'

/** `sources`: names of policies, the one that the others are held against first. */
export function decideText(cells: readonly Cell[], results: Results, sources: readonly string[]): string {
  const [base = ''] = sources
  const [shortest] = ROUND_TRIPS_MS
  const own = cells.map((cell, index) => ({ cell, figures: results.get(index) })).filter(({ cell }) => cell.block === 'decide')
  const baseOf = ({ trace, load }: Cell): Figures | undefined =>
    own.find(({ cell }) => cell.trace === trace && cell.load === load && cell.roundTripMs === shortest)?.figures?.get(base)
  const cell = (source: string, roundTripMs: number): readonly [ratio: string, syncs: string] => {
    const ratios: number[] = []
    const syncs: number[] = []
    for (const { cell: at, figures } of own) {
      const [theirs, best] = [figures?.get(source), baseOf(at)]
      if (at.roundTripMs !== roundTripMs || theirs === undefined || best === undefined) continue
      ratios.push(Math.log(theirs.p95Ms / best.p95Ms))
      syncs.push(theirs.syncsPerSecond)
    }
    return [Math.exp(mean(ratios)).toFixed(2), mean(syncs).toFixed(0)]
  }
  const rows = sources.map(source => [source, ...ROUND_TRIPS_MS.flatMap(roundTripMs => cell(source, roundTripMs))])
  const head = ['round trip', ...ROUND_TRIPS_MS.flatMap(ms => [`${ms} ms`, 'calls/s'])]
  const winners = ROUND_TRIPS_MS.map(ms => {
    const [best] = sources.toSorted((a, b) => Number(cell(a, ms)[0]) - Number(cell(b, ms)[0]))
    return `At ${ms} ms the best is ${best}.`
  })
  return [head, ...rows]
    .map(row => row.map((text, column) => (column === 0 ? text.padEnd(14) : text.padStart(8))).join('  '))
    .concat('', winners.join(' '))
    .join('\n')
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
