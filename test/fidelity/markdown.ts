/**
 * The fidelity table as README.md shows it: for each surface a table a theme, with a column a provider and one word a cell, and below what there is
 * to add. What a surface does not know is not among its rows.
 */
import type { ProviderName } from '../../src/model'
import { PROVIDERS, SURFACES, type SurfaceName } from './feature'
import { ANSWERS_BACK, ERRORS_BACK, REQUESTS } from './features'
import { EMBEDDINGS } from './features/embeddings'
import { CLIENTS } from './surface'

export const BEGIN = '<!-- what is translated: written by test/fidelity/write.ts -->'
export const END = '<!-- end of what is translated -->'

const PROVIDER_TITLES: Readonly<Record<ProviderName, string>> = {
  openai: 'OpenAI',
  'openai-compatible': 'compatible',
  anthropic: 'Anthropic',
  google: 'Gemini',
}

interface Cell {
  readonly is: string
  readonly note?: string
}

interface Row {
  readonly name: string
  readonly cells: Readonly<Record<ProviderName, Cell>>
}

/** Numbered in the order in which they are first needed; the same words share a number. */
class Footnotes {
  readonly texts: string[] = []

  mark(note: string | undefined): string {
    if (note === undefined) return ''
    if (!this.texts.includes(note)) this.texts.push(note)
    return `<sup>${this.texts.indexOf(note) + 1}</sup>`
  }
}

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(row).join('')

function byProvider(first: string, rows: readonly Row[], notes: Footnotes): string {
  const head = [first, ...PROVIDERS.map(provider => PROVIDER_TITLES[provider])]
  return table(
    head,
    rows.map(({ name, cells }) => [name, ...PROVIDERS.map(provider => cells[provider].is + notes.mark(cells[provider].note))]),
  )
}

const folded = (title: string, content: string): string => `<details><summary>${title}</summary>\n\n${content}\n</details>\n`

function surfaceTables(surface: SurfaceName, notes: Footnotes): readonly string[] {
  const themes = REQUESTS.map(({ title, features }) => {
    const rows = features.flatMap(({ name, on }): readonly Row[] => {
      const asked = on[surface]
      return typeof asked === 'string' ? [] : [{ name: asked.called ?? name, cells: asked.cells }]
    })
    return folded(title, byProvider('Asked for', rows, notes))
  })
  const answers = ANSWERS_BACK.flatMap(({ name, called, on }): readonly Row[] => {
    const cells = on[surface]
    return typeof cells === 'string' ? [] : [{ name: called?.[surface] ?? name, cells }]
  })
  return [
    `### ${CLIENTS[surface].title}, translated\n`,
    ...themes,
    folded('The answer', byProvider('Answered with', answers, notes)),
  ]
}

function statuses(notes: Footnotes): string {
  const head = ['What the upstream reports', ...SURFACES.map(surface => CLIENTS[surface].title)]
  const rows = ERRORS_BACK.map(({ name, on }) => [
    name,
    ...SURFACES.map(surface => {
      const { status, body, note } = on[surface]
      return `${status} \`${typeOf(body)}\`${notes.mark(note)}`
    }),
  ])
  return table(head, rows)
}

/** The type stands in the error, whatever the surface. */
function typeOf(body: Readonly<Record<string, unknown>>): string {
  const { error } = body
  return typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : ''
}

/** Everything between the two marks. */
export function fidelityMarkdown(): string {
  const notes = new Footnotes()
  const tables = [
    ...SURFACES.flatMap(surface => surfaceTables(surface, notes)),
    '### Embeddings, translated\n',
    folded('The request and its answer', byProvider('Asked for', EMBEDDINGS, notes)),
    '### Errors, and notes on the tables\n',
    folded('Errors', statuses(notes)),
  ]
  const footnotes = notes.texts.map((note, index) => `${index + 1}. ${note}\n`).join('')
  return `\n${tables.join('\n')}\n${folded('Notes', footnotes)}`
}

/** README.md with the tables as they are now. */
export function withFidelity(readme: string): string {
  const begin = readme.indexOf(BEGIN)
  const end = readme.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`README.md has no "${BEGIN}" with "${END}" behind it`)
  return `${readme.slice(0, begin + BEGIN.length)}\n${fidelityMarkdown()}\n${readme.slice(end)}`
}
