/** The fidelity table as README.md shows it: a table a theme, a column a surface and provider, one word a cell, what there is to add below. */
import type { ProviderName } from '../../src/model'
import { PROVIDERS, type RequestFeature, SURFACES, type SurfaceName } from './feature'
import { ANSWERS_BACK, ERRORS_BACK, REQUESTS } from './features'
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

const HEAD = SURFACES.flatMap(surface => PROVIDERS.map(provider => `${CLIENTS[surface].short} → ${PROVIDER_TITLES[provider]}`))

type On = Readonly<Partial<Record<SurfaceName, Readonly<Record<ProviderName, Cell>> | string>>>

function cellsOf(on: On, notes: Footnotes): string[] {
  return SURFACES.flatMap(surface => {
    const cells = on[surface]
    return PROVIDERS.map(provider => {
      if (cells === undefined || typeof cells === 'string') return '–'
      const { is, note } = cells[provider]
      return is + notes.mark(note)
    })
  })
}

const folded = (title: string, content: string): string => `<details><summary>${title}</summary>\n\n${content}\n</details>\n`

/** The cells without what is asked for. */
function cellsIn(on: RequestFeature['on']): On {
  const cells: Partial<Record<SurfaceName, Readonly<Record<ProviderName, Cell>> | string>> = {}
  for (const surface of SURFACES) {
    const asked = on[surface]
    if (asked !== undefined) cells[surface] = typeof asked === 'string' ? asked : asked.cells
  }
  return cells
}

function statuses(notes: Footnotes): string {
  const head = ['What the upstream reports', ...SURFACES.map(surface => CLIENTS[surface].title)]
  const rows = ERRORS_BACK.map(({ name, on }) => [
    name,
    ...SURFACES.map(surface => {
      const seen = on[surface]
      if (seen === undefined) return '–'
      const { status, body, note } = seen
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
    ...REQUESTS.map(({ title, features }) => {
      const rows = features.map(({ name, on }) => {
        return [name, ...cellsOf(cellsIn(on), notes)]
      })
      return folded(title, table(['Asked for', ...HEAD], rows))
    }),
    folded(
      'The answer',
      table(
        ['Answered with', ...HEAD],
        ANSWERS_BACK.map(feature => [feature.name, ...cellsOf(feature.on, notes)]),
      ),
    ),
    folded('Errors', statuses(notes)),
  ]
  const footnotes = notes.texts.map((note, index) => `${index + 1}. ${note}\n`).join('')
  return `${tables.join('\n')}\n${folded('Notes', footnotes)}`
}

/** README.md with the tables as they are now. */
export function withFidelity(readme: string): string {
  const begin = readme.indexOf(BEGIN)
  const end = readme.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`README.md has no "${BEGIN}" with "${END}" behind it`)
  return `${readme.slice(0, begin + BEGIN.length)}\n${fidelityMarkdown()}\n${readme.slice(end)}`
}
