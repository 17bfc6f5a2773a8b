/**
 * A response's events as canonical chunks. What begins an item says nothing yet, save that a tool is called; text, refusals, reasoning and arguments come as
 * deltas. The end is explicit, and is the whole response once more: `response.completed`, `response.incomplete` or `response.failed`.
 */
import { isObject, type JsonObject, numberAt, objectAt, parseJson, stringAt } from '../../../json'
import type { Failure } from '../../../outcome'
import type { AnswerContext, StreamPart, StreamReader, UpstreamEvent } from '../../dialect'
import { chunk, type Delta, opening } from '../../translation/answer'
import { streamFailure } from './error'
import { finishOf, inputOf, nameOf, usageOf } from './reply'

interface OpenCall {
  readonly index: number
  filled: boolean
}

export function stream(context: AnswerContext): StreamReader {
  let over = false
  let opened = false
  let answer = context
  /** By `output_index`. */
  const calls = new Map<number, OpenCall>()

  const failure = (failed: Failure): StreamPart[] => {
    over = true
    return [{ kind: 'failure', failure: failed }]
  }

  function first(): StreamPart[] {
    if (opened) return []
    opened = true
    return [{ kind: 'chunk', chunk: chunk(answer, opening()) }]
  }

  const delta = (content: Delta): StreamPart[] => [...first(), { kind: 'chunk', chunk: chunk(answer, content) }]

  const text = (field: 'content' | 'refusal' | 'reasoning_content', data: JsonObject): StreamPart[] => {
    const value = stringAt(data, 'delta')
    return value === undefined || value === '' ? [] : delta({ [field]: value })
  }

  function begun(data: JsonObject): StreamPart[] {
    answer = { ...answer, model: stringAt(objectAt(data, 'response'), 'model') ?? answer.model }
    return first()
  }

  function itemAdded(data: JsonObject): StreamPart[] {
    const item = objectAt(data, 'item')
    const id = stringAt(item, 'call_id')
    const position = numberAt(data, 'output_index') ?? -1
    if (id === undefined || calls.has(position)) return []
    const index = calls.size
    calls.set(position, { index, filled: false })
    return delta({ tool_calls: [{ index, id, type: 'function', function: { name: nameOf(item), arguments: '' } }] })
  }

  function input(data: JsonObject, json: string | undefined): StreamPart[] {
    const call = calls.get(numberAt(data, 'output_index') ?? -1)
    if (call === undefined || json === undefined || json === '') return []
    call.filled = true
    return delta({ tool_calls: [{ index: call.index, function: { arguments: json } }] })
  }

  /** A call may come whole. */
  function itemDone(data: JsonObject): StreamPart[] {
    const added = itemAdded(data)
    const isFilled = calls.get(numberAt(data, 'output_index') ?? -1)?.filled !== false
    return isFilled ? added : [...added, ...input(data, inputOf(objectAt(data, 'item')))]
  }

  /** A summary comes in parts, which are paragraphs. */
  const paragraph = (data: JsonObject): StreamPart[] =>
    (numberAt(data, 'summary_index') ?? 0) > 0 ? delta({ reasoning_content: '\n\n' }) : []

  function end(data: JsonObject): StreamPart[] {
    const response = objectAt(data, 'response')
    const finished = chunk(answer, {}, { finish: finishOf(response, calls.size > 0) })
    const usage = usageOf(response)
    over = true
    return [
      ...first(),
      { kind: 'chunk', chunk: finished },
      ...(usage === undefined ? [] : [{ kind: 'usage' as const, usage }]),
      { kind: 'done' },
    ]
  }

  return {
    push(event: UpstreamEvent): readonly StreamPart[] {
      if (over || event.data === '[DONE]') return []
      const data = parseJson(event.data)
      if (!isObject(data)) return failure({ kind: 'malformed', detail: 'an event of the stream is not a JSON object' })
      switch (stringAt(data, 'type') ?? event.event) {
        case 'response.created':
        case 'response.in_progress':
          return begun(data)
        case 'response.output_item.added':
          return itemAdded(data)
        case 'response.output_item.done':
          return itemDone(data)
        case 'response.output_text.delta':
          return text('content', data)
        case 'response.refusal.delta':
          return text('refusal', data)
        case 'response.reasoning_summary_part.added':
          return paragraph(data)
        case 'response.reasoning_summary_text.delta':
        case 'response.reasoning_text.delta':
          return text('reasoning_content', data)
        case 'response.function_call_arguments.delta':
        case 'response.custom_tool_call_input.delta':
          return input(data, stringAt(data, 'delta'))
        case 'response.completed':
        case 'response.incomplete':
          return end(data)
        case 'response.failed':
          return failure(streamFailure(objectAt(data, 'response')))
        case 'error':
          return failure(streamFailure(data))
        case undefined:
          // A server that fails outside its own format says so without a type
          return isObject(data.error) ? failure(streamFailure(data)) : []
        default:
          return []
      }
    },
    end(): readonly StreamPart[] {
      return over ? [] : failure({ kind: 'cut', detail: 'the body ended before response.completed' })
    },
  }
}
