/**
 * `reasoning_effort` in Claude's terms. Models before 4.6 think within a token budget that is part of `max_tokens`; later ones think
 * adaptively and take an effort. What of it a request rules out is left out rather than sent to fail.
 */
import type { Traits } from './claude'
import type { Effort, ThinkingConfigParam } from './wire'

/** Tokens. 1,024 is the API's minimum; the top leaves half of the smallest output limit (32,000, Opus 4) to the answer. */
const BUDGET: Readonly<Record<string, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16_000,
  xhigh: 16_000,
  max: 16_000,
}
const SMALLEST_BUDGET = 1024

const EFFORT: Readonly<Record<string, Effort>> = {
  none: 'low',
  minimal: 'low',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
  max: 'max',
}

export interface Wish {
  readonly effort: string | undefined
  /** The caller's own limit on thinking and answer together. */
  readonly maxTokens: number | undefined
  /** `tool_choice` demands a call: with thinking on, the API refuses that. */
  readonly forcedTool: boolean
  /**
   * The conversation goes on from an assistant's turn: after a tool's result, or as a prefill. A budget then needs that turn's signed
   * thinking blocks, which a canonical conversation does not hold.
   */
  readonly continues: boolean
}

export interface Thinking {
  readonly thinking?: ThinkingConfigParam
  readonly effort?: Effort
  readonly maxTokens: number
  /** Thinking is on by request, and the API then refuses temperature and top_p. */
  readonly active: boolean
  /** The wish could not be granted. */
  readonly dropped: boolean
}

export function thinkingFor(wish: Wish, traits: Traits): Thinking {
  const off = (dropped: boolean): Thinking => ({ ...silence(traits, wish), active: false, dropped, maxTokens: limit() })
  const limit = () => wish.maxTokens ?? traits.defaultMaxTokens
  const { effort } = wish

  if (effort === undefined) {
    return wish.forcedTool ? off(false) : { maxTokens: limit(), active: false, dropped: false }
  }
  if (!Object.hasOwn(EFFORT, effort)) return { maxTokens: limit(), active: false, dropped: true }
  if (effort === 'none') return off(false)
  if (traits.thinking === 'none' || wish.forcedTool) return off(true)
  return traits.thinking === 'budget' ? budgeted(effort) : adaptive(effort)

  function budgeted(word: string): Thinking {
    const wanted = BUDGET[word] ?? SMALLEST_BUDGET
    // Never more than half of what the caller allows, so that there is an answer
    const budget = wish.maxTokens === undefined ? wanted : Math.min(wanted, Math.floor(wish.maxTokens / 2))
    if (budget < SMALLEST_BUDGET || wish.continues) return off(true)
    const maxTokens = wish.maxTokens ?? budget + traits.defaultMaxTokens
    return { thinking: { type: 'enabled', budget_tokens: budget }, maxTokens, active: true, dropped: false }
  }

  function adaptive(word: string): Thinking {
    const named = EFFORT[word] ?? 'low'
    // `display`: later models keep their thinking to themselves unless asked, and the caller shall see it
    return {
      thinking: traits.extraHigh ? { type: 'adaptive', display: 'summarized' } : { type: 'adaptive' },
      effort: named === 'xhigh' && !traits.extraHigh ? 'high' : named,
      maxTokens: limit(),
      active: true,
      dropped: false,
    }
  }
}

/** As little thinking as the model can be told to do. A model that thinks anyway at least does so cheaply when asked for none. */
function silence(traits: Traits, wish: Wish): Pick<Thinking, 'thinking' | 'effort'> {
  switch (traits.quiet) {
    case 'default':
      return {}
    case 'disabled':
    case 'between_tools':
      return { thinking: { type: traits.quiet } }
    case 'never':
      return wish.effort === 'none' ? { effort: 'low' } : {}
  }
}
