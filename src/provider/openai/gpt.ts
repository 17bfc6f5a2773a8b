/** What OpenAI's own models accept, by name, as far as the API answers 400 to more. */

/** Output tokens, by the first line that matches the name without its date. A name that is not here is newer than this list. */
const MOST_TOKENS: readonly (readonly [RegExp, number])[] = [
  [/^gpt-3\.5-turbo/, 4096],
  [/^gpt-4-(turbo|0125|1106|vision)/, 4096],
  [/^gpt-4o-2024-05-13$/, 4096],
  [/^(gpt-4o|chatgpt-4o|gpt-5-chat)/, 16_384],
  [/^gpt-4\.1/, 32_768],
  [/^(o1|o3|o4-mini)(-mini|-pro)?(-\d|$)/, 100_000],
  [/^gpt-5(?!-pro)/, 128_000],
]

/** Undefined where it is not known. */
export function mostTokens(name: string): number | undefined {
  return MOST_TOKENS.find(([pattern]) => pattern.test(name))?.[1]
}
