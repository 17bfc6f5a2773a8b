/** Results for people: columns that line up, one row a model. */
import { TOPICS } from '../../src/context/features'
import type { Figure, Measured } from '../../src/profile/measure'
import { usd } from './progress'
import type { Tally } from './runner'

/** The first column to the left, figures to the right. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const cell = (text: string, column: number) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0))
  return rows.map(row => row.map(cell).join('  ').trimEnd()).join('\n')
}

const UNKNOWN = '–'
const digits = (value: number): string => value.toFixed(2)
const shown = (figure: Figure | undefined): string =>
  figure === undefined
    ? UNKNOWN
    : `${digits(figure.value)} [${digits(figure.interval[0])} ${digits(figure.interval[1])}] ${figure.evidence}`

export type Results = Readonly<
  Record<string, { readonly profile: Measured; readonly tally: Tally | undefined; readonly usd: number }>
>

export function resultTable(results: Results): string {
  const rows = Object.entries(results).map(([id, { profile, tally, usd: spent }]) => {
    const { accuracy, creativity, ethics, speed } = profile
    return [
      id,
      ...[accuracy, creativity, ethics].map(shown),
      speed === undefined ? UNKNOWN : `${speed.firstTokenMs.p50} / ${speed.firstTokenMs.p95}`,
      speed?.tokensPerSecond === undefined ? UNKNOWN : speed.tokensPerSecond.p50.toFixed(1),
      String(tally?.failed ?? 0),
      String(tally?.retried ?? 0),
      usd(spent),
    ]
  })
  const header = ['model', 'accuracy', 'creativity', 'ethics', 'first token ms', 'tokens/s', 'failed', 'retried', 'cost']
  const notes =
    'Each figure: value [95 % interval] items. First token: median / 95th percentile. Failed: questions without an answer.'
  return `${aligned([header, ...rows])}\n${notes}`
}

/** Accuracy by topic; where a topic has too few items to tell, the overall figure says more. */
export function topicTable(results: Results): string {
  const profiles = Object.entries(results)
  const asked = TOPICS.filter(topic => profiles.some(([, { profile }]) => profile.topics[topic]?.accuracy !== undefined))
  const rows = asked.map(topic => [
    topic,
    ...profiles.map(([, { profile }]) => {
      const figure = profile.topics[topic]?.accuracy
      return figure === undefined ? UNKNOWN : `${digits(figure.value)} (${figure.evidence})`
    }),
  ])
  return aligned([['accuracy by topic', ...profiles.map(([id]) => id)], ...rows])
}
