/** Figures as text, one line a fleet. Pure. */
import type { AskFigures } from './asking'
import type { Figures } from './measure'

type Column<Row> = readonly [name: string, read: (row: Row) => string]

/** `floor`: what a call costs that does nothing. */
const columns = (floor: Figures | undefined): readonly Column<Figures>[] => [
  ['variant', row => row.variant],
  ['models', row => String(row.models)],
  ['isolates', row => String(row.isolates)],
  ['syncs/s', row => row.syncsPerSecond.toFixed(0)],
  ['CPU ms', row => row.cpuMsPerSync?.toFixed(3) ?? '-'],
  ['over floor', row => over(row, floor)],
  ['p50 ms', row => row.p50Ms.toFixed(1)],
  ['p99 ms', row => row.p99Ms.toFixed(1)],
  ['report B', row => `${row.reportBytes.toFixed(0)} (${row.mostReportBytes})`],
  ['snapshot B', row => `${row.snapshotBytes.toFixed(0)} (${row.mostSnapshotBytes})`],
  ['interval ms', row => String(row.intervalMs)],
  ['age ms', row => row.ageMs.toFixed(0)],
  ['p95 age', row => row.p95AgeMs.toFixed(0)],
  ['failed', row => String(row.failures)],
]

const ASK_COLUMNS: readonly Column<AskFigures>[] = [
  ['variant', row => row.variant],
  ['models', row => String(row.models)],
  ['isolates', row => String(row.isolates)],
  ['wanted/s', row => row.wantedPerSecond.toFixed(0)],
  ['asked/s', row => row.askedPerSecond.toFixed(0)],
  ['answered/s', row => row.answeredPerSecond.toFixed(0)],
  ['spared/s', row => row.sparedPerSecond.toFixed(0)],
  ['unasked/s', row => row.unaskedPerSecond.toFixed(0)],
  ['share', row => row.share.toFixed(2)],
  ['p50 ms', row => row.p50Ms.toFixed(1)],
  ['p99 ms', row => row.p99Ms.toFixed(1)],
  ['syncs/s', row => row.syncsPerSecond.toFixed(0)],
  ['age ms', row => row.ageMs.toFixed(0)],
  ['p95 age', row => row.p95AgeMs.toFixed(0)],
  ['failed', row => String(row.failures)],
]

/** `floor`: what a call costs that does nothing. */
export const tableOf = (rows: readonly Figures[], floor?: Figures): string => aligned(columns(floor), rows)

export const askTableOf = (rows: readonly AskFigures[]): string => aligned(ASK_COLUMNS, rows)

function aligned<Row>(shown: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = [shown.map(([name]) => name), ...rows.map(row => shown.map(([, read]) => read(row)))]
  const widths = shown.map((_, column) => Math.max(...cells.map(line => line[column]?.length ?? 0)))
  return cells.map(line => line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')).join('\n')
}

function over({ cpuMsPerSync }: Figures, floor: Figures | undefined): string {
  if (cpuMsPerSync === undefined || floor?.cpuMsPerSync === undefined) return '-'
  return `${(cpuMsPerSync - floor.cpuMsPerSync).toFixed(3)}`
}
