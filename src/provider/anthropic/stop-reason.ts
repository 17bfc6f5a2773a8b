/** Why Claude stopped, in OpenAI's words. */
import type { FinishReason } from '../../chat'

/** `called`: the answer holds a tool call, for a reason that is missing or newer than this list. */
export function finishReason(stopReason: string | undefined, called: boolean): FinishReason {
  switch (stopReason) {
    case 'end_turn':
    case 'stop_sequence':
    case 'pause_turn':
      return 'stop'
    case 'max_tokens':
    case 'model_context_window_exceeded':
      return 'length'
    case 'tool_use':
      return 'tool_calls'
    case 'refusal':
      return 'content_filter'
    default:
      return called ? 'tool_calls' : 'stop'
  }
}
