/**
 * Whether an example prints what README.md says. What differs from run to run is replaced first: identifiers, times, measured figures. A line that
 * holds nothing but `…` stands for any number of lines that the page leaves out.
 */

const REPLACED: readonly (readonly [RegExp, string])[] = [
  // With what is signed of the answer, where that is behind it
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:\.[\w-]+\.[\w-]{16})?/g, '<id>'],
  [/chatcmpl-[0-9a-zA-Z]+/g, 'chatcmpl-<id>'],
  [/"created":\s*\d+/g, '"created":<time>'],
  [/;dur=\d+/g, ';dur=<ms>'],
  [/"age_ms":\s*\d+/g, '"age_ms":<ms>'],
  [/"seed":\s*\d+/g, '"seed":<seed>'],
  // It changes with every price in the catalogue
  [/"config_hash":\s*"[0-9a-f]{16}"/g, '"config_hash":<hash>'],
  // Probabilities and scores: what they are is another test's business, that they are there is this one's
  [/\d\.\d{3,}(?:e-?\d+)?/g, '<figure>'],
]

export const normalised = (text: string): string =>
  REPLACED.reduce((result, [pattern, by]) => result.replaceAll(pattern, by), text.replaceAll('\r\n', '\n')).trim()

export const ELISION = '…'

/** What does not agree, for people; undefined if all does. */
export function disagreement(shown: string, printed: string): string | undefined {
  const actual = linesOf(printed)
  const pieces = piecesOf(linesOf(shown))
  let from = 0
  for (const [index, piece] of pieces.entries()) {
    const isLast = index === pieces.length - 1
    const at = index === 0 ? 0 : isLast ? Math.max(from, actual.length - piece.length) : find(actual, piece, from)
    const wrong = piece.findIndex((line, offset) => actual[at + offset] !== line)
    if (wrong >= 0) return `expected line: ${piece[wrong]}\nfound: ${actual[at + wrong] ?? 'nothing'}\nin:\n${actual.join('\n')}`
    from = at + piece.length
  }
  if (pieces.length === 1 && from < actual.length) return `nothing is shown of: ${actual.slice(from).join('\n')}`
  return undefined
}

const linesOf = (text: string): readonly string[] =>
  normalised(text)
    .split('\n')
    .map(line => line.trimEnd())

function piecesOf(lines: readonly string[]): readonly (readonly string[])[] {
  const pieces: string[][] = [[]]
  for (const line of lines) {
    if (line === ELISION) pieces.push([])
    else pieces.at(-1)?.push(line)
  }
  return pieces
}

/** Where the piece comes next; where it does not, the place at which its first line does, so that the message shows what follows it. */
function find(lines: readonly string[], piece: readonly string[], from: number): number {
  const whole = lines.findIndex((_, at) => at >= from && piece.every((line, offset) => lines[at + offset] === line))
  if (whole >= 0) return whole
  const first = lines.indexOf(piece[0] ?? '', from)
  return first < 0 ? lines.length : first
}
