/**
 * README.md as data: its fenced blocks with the note above each, its tables, links and headings. Only as much Markdown as that page uses.
 *
 * A note is an HTML comment on the line above a fence, of the form `<!-- name -->` or `<!-- name: words -->`.
 */

export interface Note {
  readonly name: string
  readonly words: string
}

export interface Fence {
  readonly language: string
  readonly code: string
  readonly note: Note | undefined
  /** Of the opening fence, from 1. */
  readonly line: number
}

const NOTE = /^<!--\s*([a-z ]+?)\s*(?::\s*(.*?)\s*)?-->$/

export function fencesOf(markdown: string): readonly Fence[] {
  const lines = markdown.split('\n')
  const fences: Fence[] = []
  for (let at = 0; at < lines.length; at++) {
    const [, language] = /^```(\S*)\s*$/.exec(lines[at] ?? '') ?? []
    if (language === undefined) continue
    const end = lines.indexOf('```', at + 1)
    if (end < 0) throw new Error(`README.md, line ${at + 1}: this fence is never closed`)
    fences.push({ language, code: lines.slice(at + 1, end).join('\n'), note: noteOf(lines[at - 1] ?? ''), line: at + 1 })
    at = end
  }
  return fences
}

function noteOf(line: string): Note | undefined {
  const [, name, words = ''] = NOTE.exec(line.trim()) ?? []
  return name === undefined ? undefined : { name, words }
}

/** Everything but fenced blocks. */
export function proseOf(markdown: string): string {
  return markdown.replaceAll(/^```[\s\S]*?^```$/gm, '')
}

/** The rows below the header whose first cell is `first`, cells trimmed. */
export function tableOf(markdown: string, first: string): readonly (readonly string[])[] {
  const lines = proseOf(markdown).split('\n')
  const header = lines.findIndex(line => line.startsWith('|') && cellsOf(line)[0] === first)
  if (header < 0) throw new Error(`README.md has no table whose first column is "${first}"`)
  const rest = lines.slice(header + 2)
  const end = rest.findIndex(line => !line.startsWith('|'))
  return rest.slice(0, end < 0 ? undefined : end).map(cellsOf)
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\|/, '')
    .replace(/\|\s*$/, '')
    .split('|')
    .map(cell => cell.trim())

/** The text of every `code span` in a cell. */
export const spansOf = (cell: string): readonly string[] => [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text]) => text ?? [])

/** The first code span of a row's first cell: what the row is about. */
export function subjectOf(row: readonly string[]): string {
  const [subject] = spansOf(row[0] ?? '')
  if (subject === undefined) throw new Error(`README.md: the first cell of this row names nothing: ${row.join(' | ')}`)
  return subject
}

export const linksOf = (markdown: string): readonly string[] =>
  [...proseOf(markdown).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => target ?? [])

/** The anchors that headings get, as GitHub makes them. */
export const anchorsOf = (markdown: string): readonly string[] =>
  [...proseOf(markdown).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
