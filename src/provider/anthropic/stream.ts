/**
 * Claude's events as canonical chunks. A message is a list of content blocks, each opened, filled by deltas and closed; text,
 * thinking and tool calls become deltas of one choice, everything else (server tools, citations, signatures, events yet unknown)
 * passes silently. The end is explicit: `message_stop`.
 */
import type { FinishReason } from '../../chat'
import { isObject, type JsonObject, numberAt, objectAt, parseJson, stringAt } from '../../json'
import type { Failure } from '../../outcome'
import type { AnswerContext, StreamPart, StreamReader, UpstreamEvent } from '../dialect'
import { chunk, type Delta, madeCallId, opening } from '../translation/answer'
import { upstreamError } from './error'
import { finishReason } from './stop-reason'
import { usageOf } from './usage'

interface OpenCall {
  readonly index: number
  /** The whole input, as some proxies send it with the opening; otherwise empty. */
  readonly input: JsonObject
  filled: boolean
}

export function stream(context: AnswerContext): StreamReader {
  let over = false
  let answer = context
  let opened = false
  let finished = false
  let calls = 0
  let stopReason: string | undefined
  const open = new Map<number, OpenCall>()
  const usage: (JsonObject | undefined)[] = []

  const failure = (failed: Failure): StreamPart[] => {
    over = true
    return [{ kind: 'failure', failure: failed }]
  }

  /** The delta as a chunk, after the role if nothing was sent before it. */
  function delta(content: Delta): StreamPart[] {
    return [...first(), { kind: 'chunk', chunk: chunk(answer, content) }]
  }

  function first(): StreamPart[] {
    if (opened) return []
    opened = true
    return [{ kind: 'chunk', chunk: chunk(answer, opening()) }]
  }

  function finish(reason: FinishReason): StreamPart[] {
    if (finished) return []
    finished = true
    return [...first(), { kind: 'chunk', chunk: chunk(answer, {}, { finish: reason }) }]
  }

  function blockStart(data: JsonObject): StreamPart[] {
    const block = objectAt(data, 'content_block')
    switch (stringAt(block, 'type')) {
      case 'text':
        return text('content', stringAt(block, 'text'))
      case 'thinking':
        return text('reasoning_content', stringAt(block, 'thinking'))
      case 'tool_use': {
        const index = calls++
        open.set(numberAt(data, 'index') ?? -1, { index, input: objectAt(block, 'input') ?? {}, filled: false })
        const id = stringAt(block, 'id') ?? madeCallId(context, `${index}`)
        const name = stringAt(block, 'name') ?? ''
        return delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] })
      }
      default:
        return []
    }
  }

  function blockDelta(data: JsonObject): StreamPart[] {
    const piece = objectAt(data, 'delta')
    switch (stringAt(piece, 'type')) {
      case 'text_delta':
        return text('content', stringAt(piece, 'text'))
      case 'thinking_delta':
        return text('reasoning_content', stringAt(piece, 'thinking'))
      case 'input_json_delta': {
        const call = open.get(numberAt(data, 'index') ?? -1)
        const json = stringAt(piece, 'partial_json')
        if (call === undefined || json === undefined || json === '') return []
        call.filled = true
        return delta({ tool_calls: [{ index: call.index, function: { arguments: json } }] })
      }
      default:
        return []
    }
  }

  /** A call without arguments streams no JSON at all; clients parse the text, and '' is none. */
  function blockStop(data: JsonObject): StreamPart[] {
    const position = numberAt(data, 'index') ?? -1
    const call = open.get(position)
    open.delete(position)
    if (call === undefined || call.filled) return []
    return delta({ tool_calls: [{ index: call.index, function: { arguments: JSON.stringify(call.input) } }] })
  }

  function messageDelta(data: JsonObject): StreamPart[] {
    usage.push(objectAt(data, 'usage'))
    const change = objectAt(data, 'delta')
    stopReason = stringAt(change, 'stop_reason') ?? stopReason
    if (stopReason === undefined) return []
    const refusal = stopReason === 'refusal' ? stringAt(objectAt(change, 'stop_details'), 'explanation') : undefined
    return [...(refusal === undefined || finished ? [] : delta({ refusal })), ...finish(finishReason(stopReason, calls > 0))]
  }

  function messageStop(): StreamPart[] {
    if (!opened) return failure({ kind: 'malformed', detail: 'message_stop without a message' })
    const parts = finish(finishReason(stopReason, calls > 0))
    over = true
    const total = usageOf(...usage)
    return [...parts, ...(total === undefined ? [] : [{ kind: 'usage' as const, usage: total }]), { kind: 'done' }]
  }

  const text = (field: 'content' | 'reasoning_content', value: string | undefined): StreamPart[] =>
    value === undefined || value === '' ? [] : delta({ [field]: value })

  return {
    push(event: UpstreamEvent): readonly StreamPart[] {
      if (over || event.event === 'ping') return []
      const data = parseJson(event.data)
      if (!isObject(data)) return failure({ kind: 'malformed', detail: 'an event of the stream is not a JSON object' })
      switch (stringAt(data, 'type') ?? event.event) {
        case 'message_start': {
          const message = objectAt(data, 'message')
          answer = { ...context, model: stringAt(message, 'model') ?? context.model }
          usage.push(objectAt(message, 'usage'))
          return first()
        }
        case 'content_block_start':
          return blockStart(data)
        case 'content_block_delta':
          return blockDelta(data)
        case 'content_block_stop':
          return blockStop(data)
        case 'message_delta':
          return messageDelta(data)
        case 'message_stop':
          return messageStop()
        case 'error':
          return failure({ kind: 'stream-error', upstream: upstreamError(undefined, data) })
        default:
          return []
      }
    },
    end(): readonly StreamPart[] {
      return over ? [] : failure({ kind: 'cut', detail: 'the body ended before message_stop' })
    },
  }
}
