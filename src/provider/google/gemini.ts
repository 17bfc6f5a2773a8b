/**
 * What a Gemini accepts, by its name, with the cut-offs of Google's release notes. A Gemini without a version in its name
 * (`gemini-flash-latest`) is the newest; what is no Gemini (Gemma, tuned models) gets the plainest rules.
 */

export interface Traits {
  /** How thinking is controlled. */
  readonly thinking: 'none' | 'budget' | 'level'
  /** The least thinking that can be asked for, in the unit of `thinking`. */
  readonly least: { readonly budget: number; readonly level: 'MINIMAL' | 'LOW' }
  /** Takes temperature, top_p and the penalties; later models ignore the first two and refuse the others. */
  readonly sampling: boolean
  /** Continues a conversation that ends with the model's turn. */
  readonly prefill: boolean
  /** Fetches attachments from public addresses itself. */
  readonly addresses: boolean
  /** Answers with JSON by `responseMimeType` while functions are declared. */
  readonly jsonBesideTools: boolean
  /** Refuses a function call of the current turn that comes without a thought's signature. */
  readonly signedCalls: boolean
  /** The most that `maxOutputTokens` may say, where it is known. */
  readonly mostTokens: number | undefined
}

/** 2.5 is 205. */
const version = (major: number, minor: number) => major * 100 + minor

export function traitsOf(name: string): Traits {
  const lower = name.toLowerCase()
  const gemini = /gemini(?:-(\d{1,2})(?:\.(\d{1,2}))?)?/.exec(lower)
  const v = gemini === null ? 0 : gemini[1] === undefined ? version(99, 0) : version(Number(gemini[1]), Number(gemini[2] ?? 0))
  const since = (major: number, minor: number) => v >= version(major, minor)
  const flash = lower.includes('flash')
  // The change came with 3.6 Flash and, a number earlier, with 3.5 Flash-Lite
  const modern = since(3, 6) || (since(3, 5) && lower.includes('flash-lite'))
  return {
    thinking: since(3, 0) ? 'level' : since(2, 5) ? 'budget' : 'none',
    // Pro models always think: 2.5 Pro by at least 128 tokens, later ones at level low
    least: { budget: flash ? 0 : 128, level: flash ? 'MINIMAL' : 'LOW' },
    sampling: !modern,
    prefill: !modern,
    addresses: since(2, 5),
    jsonBesideTools: since(3, 0),
    signedCalls: since(3, 0),
    mostTokens: v === 0 || since(4, 0) ? undefined : since(2, 5) ? 65_536 : 8192,
  }
}
