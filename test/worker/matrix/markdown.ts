/** The matrix as a Markdown table, from what was seen and not from what was expected. */
import type { ProviderName } from '../../providers/provider'
import type { Cell } from './cell'
import { dialects, type Fault, FORM_NAMES, FORMS, type Form } from './fault'

export interface Outcome {
  readonly cell: Cell
  /** `Sight.line`, or `the second answers`. */
  readonly line: string
}

export const SECOND_ANSWERS = 'the second answers'

export function markdownOf(faults: readonly Fault[], outcomes: readonly Outcome[]): string {
  const head = ['what the upstream does', ...FORMS.map(form => FORM_NAMES[form])]
  const rows = faults.map(fault => [fault.name, ...FORMS.map(form => entry(fault, form, outcomes))])
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |\n`).join('')
}

function entry(fault: Fault, form: Form, outcomes: readonly Outcome[]): string {
  const why = fault[form]
  if (typeof why === 'string') return `– (${why})`
  const seen = dialects.map((dialect): readonly [ProviderName, string] => [dialect, summary(fault, form, dialect, outcomes)])
  const lines = [...new Set(seen.map(([, line]) => line))]
  if (lines.length === 1) return lines.join('')
  // The dialects that see the same share a line
  return lines.map(line => `${seen.flatMap(([dialect, own]) => (own === line ? [dialect] : [])).join(', ')}: ${line}`).join('; ')
}

function summary(fault: Fault, form: Form, dialect: ProviderName, outcomes: readonly Outcome[]): string {
  const own = outcomes.filter(({ cell }) => cell.fault === fault && cell.form === form && cell.dialect === dialect)
  const lineOf = (company: Cell['company']) => own.find(({ cell }) => cell.company === company)?.line ?? 'not run'
  const alone = lineOf('alone')
  const second = lineOf('with a second candidate')
  return alone === second ? alone : `${second}; alone: ${alone}`
}
