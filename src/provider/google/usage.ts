/** Token counts. Gemini counts thoughts beside the answer, OpenAI within it; what the cache held is part of the prompt for both. */

import type { CompletionUsage } from '../../chat'
import { type JsonObject, numberAt } from '../../json'

export function usageOf(metadata: JsonObject | undefined): CompletionUsage | undefined {
  if (metadata === undefined) return undefined
  const count = (name: string) => numberAt(metadata, name)
  const prompt = (count('promptTokenCount') ?? 0) + (count('toolUsePromptTokenCount') ?? 0)
  const thoughts = count('thoughtsTokenCount')
  const completion = (count('candidatesTokenCount') ?? 0) + (thoughts ?? 0)
  const cached = count('cachedContentTokenCount')
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: count('totalTokenCount') ?? prompt + completion,
    ...(cached !== undefined && { prompt_tokens_details: { cached_tokens: cached } }),
    ...(thoughts !== undefined && { completion_tokens_details: { reasoning_tokens: thoughts } }),
  }
}
