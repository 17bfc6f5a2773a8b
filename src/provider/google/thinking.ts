/** `reasoning_effort` in Gemini's terms, by the equivalences of Google's own OpenAI-compatible endpoint. */
import type { Traits } from './gemini'
import type { ThinkingConfig } from './wire'

/** Tokens. */
const BUDGET: ReadonlyMap<string, number> = new Map([
  ['minimal', 1024],
  ['low', 1024],
  ['medium', 8192],
  ['high', 24_576],
  ['xhigh', 24_576],
  ['max', 24_576],
])

const LEVEL: ReadonlyMap<string, NonNullable<ThinkingConfig['thinkingLevel']>> = new Map([
  ['low', 'LOW'],
  ['medium', 'MEDIUM'],
  ['high', 'HIGH'],
  ['xhigh', 'HIGH'],
  ['max', 'HIGH'],
])

/** Undefined where the model does not think or the word is unknown. Who asks for thinking also gets to see it. */
export function thinkingConfig(effort: string, traits: Traits): ThinkingConfig | undefined {
  switch (traits.thinking) {
    case 'none':
      return undefined
    case 'budget': {
      if (effort === 'none') return { thinkingBudget: traits.least.budget }
      const thinkingBudget = BUDGET.get(effort)
      return thinkingBudget === undefined ? undefined : { thinkingBudget, includeThoughts: true }
    }
    case 'level': {
      if (effort === 'none') return { thinkingLevel: traits.least.level }
      const thinkingLevel = effort === 'minimal' ? traits.least.level : LEVEL.get(effort)
      return thinkingLevel === undefined ? undefined : { thinkingLevel, includeThoughts: true }
    }
  }
}
