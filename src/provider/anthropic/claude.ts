/**
 * What a Claude accepts, by its name. The API answers 400 to parameters that a model no longer knows, which would look like the
 * caller's mistake; so they are left out beforehand. The cut-offs are those of Anthropic's migration guides. A name that shows no
 * version (another vendor's model behind the same API) gets the plainest rules.
 */

type Family = 'opus' | 'sonnet' | 'haiku' | 'fable' | 'mythos'
const FAMILIES: readonly Family[] = ['opus', 'sonnet', 'haiku', 'fable', 'mythos']

export interface Traits {
  /** Of `temperature` and `top_p`: both, at most one of them, or none. */
  readonly sampling: 'both' | 'one' | 'none'
  /** How thinking is asked for: not at all, as a token budget, or as adaptive thinking with an effort. */
  readonly thinking: 'none' | 'budget' | 'adaptive'
  /** How thinking is kept off: it is off unless asked for, by a word, or not at all (then the lowest effort has to do). */
  readonly quiet: 'default' | 'disabled' | 'between_tools' | 'never'
  /** Knows the effort `xhigh`. */
  readonly extraHigh: boolean
  /** Takes `tool_choice` any or tool. */
  readonly forcedTools: boolean
  /** Continues a conversation that ends with the assistant's turn. */
  readonly prefill: boolean
  /** Knows `output_config.format`. */
  readonly jsonSchema: boolean
  /**
   * `max_tokens` where the caller names none. OpenAI's default is whatever the model can do; the API here demands a figure, refuses
   * one above the model's limit, and bills only what is used. So: large, but within the limit of every model of that generation,
   * and larger where thinking, which counts, is on by default.
   */
  readonly defaultMaxTokens: number
  /** The most that `max_tokens` may say, where it is known: the API refuses a larger figure, and would not write more anyway. */
  readonly mostTokens: number | undefined
}

/** 4.7 is 407, so that 4.10 would come after 4.9. */
const version = (major: number, minor: number) => major * 100 + minor

/** `claude-3-7-sonnet-20250219`, `us.anthropic.claude-opus-4-7-v1:0`, `claude-sonnet-4@20250514`, `anthropic/claude-opus-4.7`. */
function parse(name: string): { family: Family | undefined; version: number | undefined } {
  const start = name.toLowerCase().indexOf('claude')
  if (start < 0) return { family: undefined, version: undefined }
  const words = name
    .toLowerCase()
    .slice(start)
    .split(/[^a-z0-9]+/)
  const family = FAMILIES.find(candidate => words.includes(candidate))
  // A number of one or two digits; eight are a date
  const first = words.findIndex(word => /^\d{1,2}$/.test(word))
  if (first < 0) return { family, version: undefined }
  const minor = words[first + 1] ?? ''
  return { family, version: version(Number(words[first]), /^\d{1,2}$/.test(minor) ? Number(minor) : 0) }
}

export function traitsOf(name: string): Traits {
  const { family, version: parsed } = parse(name)
  // Fable and Mythos begin with generation 5; the unnumbered Mythos preview keeps to the same rules
  const always = family === 'fable' || family === 'mythos'
  const v = parsed ?? (always ? version(5, 0) : undefined)
  if (v === undefined) {
    return {
      sampling: 'both',
      thinking: 'budget',
      quiet: 'default',
      extraHigh: false,
      forcedTools: true,
      prefill: true,
      jsonSchema: false,
      defaultMaxTokens: 4096,
      mostTokens: undefined,
    }
  }
  const since = (major: number, minor: number) => v >= version(major, minor)
  // The generation that decides about sampling itself and knows every effort
  const modern = always || since(5, 5) || (family === 'opus' && since(4, 7)) || (family !== 'haiku' && since(5, 0))
  return {
    sampling: modern ? 'none' : since(4, 1) ? 'one' : 'both',
    thinking: since(4, 6) ? 'adaptive' : since(3, 7) ? 'budget' : 'none',
    quiet: quiet(),
    extraHigh: modern,
    forcedTools: !((always && since(5, 1)) || (family !== 'haiku' && since(5, 5))),
    prefill: !since(4, 6),
    jsonSchema: since(4, 5) || (family === 'opus' && since(4, 1)),
    defaultMaxTokens: since(4, 6) ? 32_000 : since(3, 7) ? 16_000 : since(3, 5) ? 8192 : 4096,
    mostTokens: most(),
  }

  function most(): number | undefined {
    if (since(4, 6)) return undefined
    if (since(3, 7)) return family === 'opus' && !since(4, 5) ? 32_000 : 64_000
    return since(3, 5) ? 8192 : 4096
  }

  function quiet(): Traits['quiet'] {
    if (always) return 'never'
    if (!since(5, 0)) return 'default'
    if (family === 'haiku') return since(5, 6) ? 'never' : 'disabled'
    if (!since(5, 5)) return 'disabled'
    return family === 'sonnet' && !since(5, 6) ? 'between_tools' : 'never'
  }
}
