/**
 * Token counts. Claude's input count leaves out what the prompt cache read or wrote; OpenAI's includes both. A stream tells the input
 * at its start and the rest, cumulative, at its end.
 */
import type { CompletionUsage } from '../../chat'
import { type JsonObject, numberAt, objectAt } from '../../json'

/** `reports` in the order they came: of each figure the latest counts. Undefined without any. */
export function usageOf(...reports: readonly (JsonObject | undefined)[]): CompletionUsage | undefined {
  const known = reports.filter(report => report !== undefined)
  if (known.length === 0) return undefined
  const figure = (name: string) => known.findLast(report => numberAt(report, name) !== undefined)
  const latest = (name: string) => numberAt(figure(name), name) ?? 0

  const cached = latest('cache_read_input_tokens')
  const written = latest('cache_creation_input_tokens')
  const prompt = latest('input_tokens') + cached + written
  const completion = latest('output_tokens')
  const thinking = numberAt(
    objectAt(
      known.findLast(report => 'output_tokens_details' in report),
      'output_tokens_details',
    ),
    'thinking_tokens',
  )
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: cached, ...(written > 0 && { cache_write_tokens: written }) },
    ...(thinking !== undefined && { completion_tokens_details: { reasoning_tokens: thinking } }),
  }
}
