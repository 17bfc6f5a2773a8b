/** Reads a chat-completions stream: chunks as they are, the usage chunk apart, `[DONE]` as the only honest end. */

import type { CompletionUsage } from '../../chat'
import { isObject, parseJson } from '../../json'
import type { UpstreamError } from '../../outcome'
import type { AnswerContext, StreamPart, StreamReader, UpstreamEvent } from '../dialect'
import { upstreamError } from './error'
import { isChunk, usageOf } from './wire'

export function stream(_context: AnswerContext): StreamReader {
  let over = false
  let usage: CompletionUsage | undefined
  const last = (part: StreamPart): StreamPart[] => {
    over = true
    return [part]
  }
  return {
    push({ event, data }: UpstreamEvent): readonly StreamPart[] {
      if (over) return []
      if (data === '[DONE]')
        return usage === undefined ? last({ kind: 'done' }) : [{ kind: 'usage', usage }, ...last({ kind: 'done' })]
      const value = parseJson(data)
      if (value === undefined) return last({ kind: 'failure', failure: { kind: 'malformed', detail: 'An event is not JSON.' } })
      const upstream = errorIn(event, value)
      if (upstream !== undefined) return last({ kind: 'failure', failure: { kind: 'stream-error', upstream } })
      // OpenAI sends it in a chunk without choices, some compatible upstreams on the last choice, others count along in every chunk
      usage = usageOf(value) ?? usage
      return isChunk(value) && value.choices.length > 0 ? [{ kind: 'chunk', chunk: value }] : []
    },
    end(): readonly StreamPart[] {
      return over ? [] : last({ kind: 'failure', failure: { kind: 'cut', detail: 'The stream ended before [DONE].' } })
    },
  }
}

/** `data: {"error": …}`, with or without `event: error`. */
function errorIn(event: string | undefined, value: unknown): UpstreamError | undefined {
  if (!isObject(value)) return undefined
  const inside = value.error !== undefined && value.error !== null
  return inside || event === 'error' ? upstreamError(undefined, value) : undefined
}
