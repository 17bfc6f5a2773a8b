/** Figures as text, one line a fleet. Pure. */
import type { Figures } from './measure'

const COLUMNS: readonly (readonly [name: string, read: (row: Figures, floor: Figures | undefined) => string])[] = [
  ['variant', row => row.variant],
  ['models', row => String(row.models)],
  ['isolates', row => String(row.isolates)],
  ['syncs/s', row => row.syncsPerSecond.toFixed(0)],
  ['CPU ms', row => row.cpuMsPerSync?.toFixed(3) ?? '-'],
  ['over floor', (row, floor) => over(row, floor)],
  ['p50 ms', row => row.p50Ms.toFixed(1)],
  ['p99 ms', row => row.p99Ms.toFixed(1)],
  ['report B', row => `${row.reportBytes.toFixed(0)} (${row.mostReportBytes})`],
  ['snapshot B', row => `${row.snapshotBytes.toFixed(0)} (${row.mostSnapshotBytes})`],
  ['interval ms', row => String(row.intervalMs)],
  ['age ms', row => row.ageMs.toFixed(0)],
  ['p95 age', row => row.p95AgeMs.toFixed(0)],
  ['failed', row => String(row.failures)],
]

/** `floor`: what a call costs that does nothing. */
export function tableOf(rows: readonly Figures[], floor?: Figures): string {
  const cells = [COLUMNS.map(([name]) => name), ...rows.map(row => COLUMNS.map(([, read]) => read(row, floor)))]
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map(line => line[column]?.length ?? 0)))
  return cells.map(line => line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')).join('\n')
}

function over({ cpuMsPerSync }: Figures, floor: Figures | undefined): string {
  if (cpuMsPerSync === undefined || floor?.cpuMsPerSync === undefined) return '-'
  return `${(cpuMsPerSync - floor.cpuMsPerSync).toFixed(3)}`
}
