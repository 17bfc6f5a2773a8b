/** Token counts. Gemini counts thoughts beside the answer, OpenAI within it; what the cache held is part of the prompt for both. */

import type { CompletionUsage } from '../../chat'
import { type JsonObject, listAt, numberAt, stringAt } from '../../json'

export function usageOf(metadata: JsonObject | undefined): CompletionUsage | undefined {
  if (metadata === undefined) return undefined
  const count = (name: string) => numberAt(metadata, name)
  const prompt = (count('promptTokenCount') ?? 0) + (count('toolUsePromptTokenCount') ?? 0)
  const thoughts = count('thoughtsTokenCount')
  const completion = (count('candidatesTokenCount') ?? 0) + (thoughts ?? 0)
  const cached = count('cachedContentTokenCount')
  const heard = audioIn(metadata, 'promptTokensDetails')
  const spoken = audioIn(metadata, 'candidatesTokensDetails')
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    // The sum, and not Gemini's own total: early frames of a stream give one that lacks what they have not counted yet
    total_tokens: prompt + completion,
    ...((cached !== undefined || heard !== undefined) && {
      prompt_tokens_details: {
        ...(cached !== undefined && { cached_tokens: cached }),
        ...(heard !== undefined && { audio_tokens: heard }),
      },
    }),
    ...((thoughts !== undefined || spoken !== undefined) && {
      completion_tokens_details: {
        ...(thoughts !== undefined && { reasoning_tokens: thoughts }),
        ...(spoken !== undefined && { audio_tokens: spoken }),
      },
    }),
  }
}

/** Undefined where no audio is told of. */
function audioIn(metadata: JsonObject, list: string): number | undefined {
  const audio = listAt(metadata, list).find(detail => stringAt(detail, 'modality') === 'AUDIO')
  return numberAt(audio, 'tokenCount')
}
