/** How well a guess knows the languages of labelled rows: accuracy by kind, the worst confusions, calibration. */
import type { Guess } from '../../../src/context/features'
import type { Row } from './examples'

export interface Judged extends Row {
  /** What kind of text it is: sentences, word pairs, own prompts. */
  readonly kind: string
}
export interface Kind {
  readonly rows: number
  readonly right: number
  readonly abstained: number
}
export interface LanguageReport {
  readonly kinds: ReadonlyMap<string, Kind>
  /** "bs as hr", the most frequent first. */
  readonly confusions: readonly (readonly [string, number])[]
  /** Expected calibration error over ten equal bins, of all rows that were given a language or not (Naeini et al., AAAI 2015). */
  readonly calibrationError: number
}

const BINS = 10

export function evaluateLanguage(rows: readonly Judged[], guess: (text: string) => Guess<string>): LanguageReport {
  const kinds = new Map<string, Kind>()
  const confusions = new Map<string, number>()
  const bins = Array.from({ length: BINS }, () => ({ rows: 0, right: 0, confidence: 0 }))
  for (const { lang, prompt, kind } of rows) {
    const { value, confidence } = guess(prompt)
    const right = value === lang ? 1 : 0
    const so = kinds.get(kind) ?? { rows: 0, right: 0, abstained: 0 }
    kinds.set(kind, { rows: so.rows + 1, right: so.right + right, abstained: so.abstained + (value === undefined ? 1 : 0) })
    if (right === 0) {
      const confusion = `${lang} as ${value ?? 'none'}`
      confusions.set(confusion, (confusions.get(confusion) ?? 0) + 1)
    }
    const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))]
    if (bin === undefined || value === undefined) continue
    bin.rows++
    bin.right += right
    bin.confidence += confidence
  }
  const judged = bins.reduce((sum, bin) => sum + bin.rows, 0)
  return {
    kinds,
    confusions: [...confusions].sort((a, b) => b[1] - a[1]),
    calibrationError: bins.reduce((sum, bin) => sum + Math.abs(bin.right - bin.confidence), 0) / Math.max(1, judged),
  }
}
