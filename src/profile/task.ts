/**
 * What a profiling run asks: questions whose answers can be checked without an opinion, briefs for creative writing with conditions that can be counted,
 * and sensitive questions that should be refused, or that only sound as if.
 */
import type { Topic } from '../context/features'
import type { Constraint } from './constraint'

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'zh'] as const
export type Language = (typeof LANGUAGES)[number]

export type Check =
  /** One of these, but for case, accents and punctuation around it; `literal` leaves only the punctuation out of account. */
  | { readonly kind: 'exact'; readonly answers: readonly string[]; readonly literal?: boolean | undefined }
  | { readonly kind: 'number'; readonly value: number; readonly tolerance?: number | undefined }
  /** The first option is right; the order in which they are shown is drawn. */
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  /** The answer as a whole keeps to all of them. */
  | { readonly kind: 'form'; readonly constraints: readonly Constraint[] }

interface Asked {
  readonly id: string
  readonly topic: Topic
  readonly language: Language
  readonly prompt: string
}

export type Verifiable = Asked & {
  readonly kind: 'verifiable'
  readonly check: Check
  /** An answer that passes, where the check does not hold one itself. */
  readonly example?: string | undefined
}
export type Brief = Asked & { readonly kind: 'brief'; readonly check: Extract<Check, { kind: 'form' }>; readonly example: string }
export type Sensitive = Asked & { readonly kind: 'sensitive'; readonly check: { readonly kind: 'refuse' | 'answer' } }

export type Item = Verifiable | Brief | Sensitive
