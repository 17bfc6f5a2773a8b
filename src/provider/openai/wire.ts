/** OpenAI's shapes as read from the wire: minimal, since compatible upstreams leave fields out. */
import type { ChatCompletion, ChatCompletionChunk, CompletionUsage } from '../../chat'
import { isObject, listAt, numberAt, objectAt } from '../../json'

const isIndexed = (choice: unknown): boolean =>
  isObject(choice) && (choice.index === undefined || numberAt(choice, 'index') !== undefined)

/** Enough of a chunk for every reader here: a list of choices, each with a delta. */
export function isChunk(value: unknown): value is ChatCompletionChunk {
  return (
    isObject(value) && Array.isArray(value.choices) && value.choices.every(choice => isIndexed(choice) && isObject(choice.delta))
  )
}

/** An answer has at least one choice, and each choice a message. */
export function isCompletion(value: unknown): value is ChatCompletion {
  const choices = listAt(value, 'choices')
  return choices.length > 0 && choices.every(choice => isIndexed(choice) && objectAt(choice, 'message') !== undefined)
}

export function usageOf(value: unknown): CompletionUsage | undefined {
  const usage = objectAt(value, 'usage')
  return isUsage(usage) ? usage : undefined
}

function isUsage(value: unknown): value is CompletionUsage {
  return numberAt(value, 'prompt_tokens') !== undefined && numberAt(value, 'completion_tokens') !== undefined
}
