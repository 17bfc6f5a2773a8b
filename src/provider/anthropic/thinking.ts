/**
 * `reasoning_effort` in Claude's terms. Models before 4.6 think within a token budget that is part of `max_tokens`; later ones think
 * adaptively and take an effort. What of it a request rules out is left out rather than sent to fail.
 */
import { numberAt, stringAt } from '../../json'
import { atMost } from '../translation/at-most'
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

/** Tokens from which on a thinking budget means more than the word: halfway, by ratio, between the budgets that are sent for the words. */
const WORDS = [
  { upTo: 4096, effort: 'low' },
  { upTo: 11_500, effort: 'medium' },
  { upTo: Number.POSITIVE_INFINITY, effort: 'high' },
] as const

export const effortOfBudget = (tokens: number): string => WORDS.find(({ upTo }) => tokens <= upTo)?.effort ?? 'high'

/** Anthropic's own field in a chat, as several compatible APIs know it: to think within a budget, as seems fit, or not at all. Undefined: none of these. */
export function ownWish(thinking: unknown): Pick<Wish, 'effort' | 'budget'> | undefined {
  const budget = numberAt(thinking, 'budget_tokens')
  switch (stringAt(thinking, 'type')) {
    case 'enabled':
      return budget === undefined ? { effort: 'medium' } : { effort: effortOfBudget(budget), budget }
    case 'adaptive':
      return { effort: 'medium' }
    case 'disabled':
      return { effort: 'none' }
    default:
      return undefined
  }
}

export interface Wish {
  readonly effort: string | undefined
  /** Tokens, where the caller counts them. */
  readonly budget?: number
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
    const wanted = wish.budget ?? BUDGET[word] ?? SMALLEST_BUDGET
    const budget = Math.min(wanted, mostThinking())
    if (budget < SMALLEST_BUDGET || wish.continues) return off(true)
    const maxTokens = wish.maxTokens ?? atMost(traits.mostTokens, budget + traits.defaultMaxTokens) ?? budget
    return { thinking: { type: 'enabled', budget_tokens: budget }, maxTokens, active: true, dropped: false }
  }

  /** Of what the caller allows half is for the answer, unless the caller has divided it. Thinking within less than all is what the API demands. */
  function mostThinking(): number {
    const all = wish.maxTokens ?? traits.mostTokens ?? Number.POSITIVE_INFINITY
    return wish.budget === undefined && wish.maxTokens !== undefined ? Math.floor(all / 2) : all - 1
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
