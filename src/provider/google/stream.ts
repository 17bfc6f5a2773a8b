/**
 * Gemini's frames as canonical chunks. A frame is a small whole answer: text and thoughts are pieces of theirs, function calls come at
 * once. No event ends the stream: it is complete if the body ends after every candidate gave its finish reason, and usage grows from
 * frame to frame, so the last one counts.
 */

import type { FinishReason } from '../../chat'
import { isObject, type JsonObject, listAt, objectAt, parseJson, stringAt } from '../../json'
import type { Failure } from '../../outcome'
import type { AnswerContext, StreamPart, StreamReader, UpstreamEvent } from '../dialect'
import { chunk, type Delta, opening } from '../translation/answer'
import { type Candidate, callId, type Piece, readCandidate } from './candidate'
import { upstreamError } from './error'
import { finishReason, isBroken } from './finish-reason'
import { extraContent } from './signature'
import { usageOf } from './usage'

interface Choice {
  readonly index: number
  calls: number
  /** Anything beyond its role was sent. */
  filled: boolean
  finished: boolean
}

export function stream(context: AnswerContext): StreamReader {
  let over = false
  let answer = context
  let usage: JsonObject | undefined
  const choices = new Map<number, Choice>()

  const failure = (failed: Failure): StreamPart => {
    over = true
    return { kind: 'failure', failure: failed }
  }

  const delta = ({ index }: Choice, content: Delta, logprobs: Candidate['logprobs'] = undefined): StreamPart => ({
    kind: 'chunk',
    chunk: chunk(answer, content, { index, logprobs: logprobs ?? null }),
  })

  /** The choice, and its opening chunk if this is its first appearance. */
  function choiceOf(index: number): { choice: Choice; parts: StreamPart[] } {
    const known = choices.get(index)
    if (known !== undefined) return { choice: known, parts: [] }
    const choice: Choice = { index, calls: 0, filled: false, finished: false }
    choices.set(index, choice)
    return { choice, parts: [delta(choice, opening())] }
  }

  function finish(choice: Choice, reason: FinishReason): StreamPart {
    choice.finished = true
    return { kind: 'chunk', chunk: chunk(answer, {}, { index: choice.index, finish: reason }) }
  }

  function deltaOf(piece: Piece, choice: Choice): Delta {
    switch (piece.kind) {
      case 'text':
        return { content: piece.text }
      case 'reasoning':
        return { reasoning_content: piece.text }
      case 'signature':
        return { extra_content: extraContent(piece.signature) }
      case 'call': {
        const position = choice.calls++
        return {
          tool_calls: [
            {
              index: position,
              id: piece.id ?? callId(context, choice.index, position),
              type: 'function',
              function: { name: piece.name, arguments: piece.arguments },
              ...(piece.signature !== undefined && { extra_content: extraContent(piece.signature) }),
            },
          ],
        }
      }
    }
  }

  function candidate({ index, pieces, finishReason: reason, logprobs }: Candidate): StreamPart[] {
    const { choice, parts } = choiceOf(index)
    if (choice.finished) return parts
    for (const [position, piece] of pieces.entries()) {
      choice.filled = true
      // The frame's log probabilities belong to its text as a whole: said once
      parts.push(delta(choice, deltaOf(piece, choice), position === 0 ? logprobs : undefined))
    }
    if (reason === undefined) return parts
    if (isBroken(reason) && !choice.filled) {
      return [...parts, failure({ kind: 'malformed', detail: `the model's answer ended in ${reason}` })]
    }
    return [...parts, finish(choice, finishReason(reason, choice.calls > 0))]
  }

  function frame(data: unknown): StreamPart[] {
    if (over) return []
    if (!isObject(data)) return [failure({ kind: 'malformed', detail: 'a frame of the stream is not a JSON object' })]
    if (objectAt(data, 'error') !== undefined)
      return [failure({ kind: 'stream-error', upstream: upstreamError(undefined, data) })]
    answer = { ...context, model: stringAt(data, 'modelVersion') ?? answer.model }
    usage = objectAt(data, 'usageMetadata') ?? usage
    const candidates = listAt(data, 'candidates')
    if (candidates.length === 0 && stringAt(objectAt(data, 'promptFeedback'), 'blockReason') !== undefined) {
      const { choice, parts } = choiceOf(0)
      return choice.finished ? parts : [...parts, finish(choice, 'content_filter')]
    }
    return candidates.flatMap(one => (over ? [] : candidate(readCandidate(one))))
  }

  return {
    push(event: UpstreamEvent): readonly StreamPart[] {
      if (over) return []
      const data = parseJson(event.data)
      // Errors, and whole answers through some proxies, come wrapped in a list
      return Array.isArray(data) ? data.flatMap(frame) : frame(data)
    },
    end(): readonly StreamPart[] {
      if (over) return []
      const complete = choices.size > 0 && [...choices.values()].every(choice => choice.finished)
      if (!complete) return [failure({ kind: 'cut', detail: 'the body ended before a finish reason' })]
      over = true
      const total = usageOf(usage)
      return [...(total === undefined ? [] : [{ kind: 'usage' as const, usage: total }]), { kind: 'done' }]
    },
  }
}
