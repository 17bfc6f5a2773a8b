/**
 * Canonical parts as the events of a Messages stream: one block after another, each opened, filled and closed. How large the prompt was is
 * known at the end only, so `message_start` counts zeros and `message_delta` tells; clients take the later figure.
 */
import type { ChatCompletionChunk, CompletionUsage } from '../../chat'
import { stringAt } from '../../json'
import { type Problem, problemOf } from '../../outcome'
import type { AnswerContext, StreamPart } from '../dialect'
import type { SurfaceWriter } from '../surface'
import { madeCallId } from '../translation/answer'
import { messageId, spoken, stopReasonOf, usageIn } from './answer-words'
import type { ContentBlock, RawContentBlockDelta, RawMessageStreamEvent } from './wire'

interface Options {
  readonly showsThinking: boolean
  readonly problemEvent: (problem: Problem) => string
}

type CallDelta = NonNullable<ChatCompletionChunk['choices'][number]['delta']['tool_calls']>[number]

const event = (body: RawMessageStreamEvent | { readonly type: 'ping' }): string =>
  `event: ${body.type}\ndata: ${JSON.stringify(body)}\n\n`

/** Some servers give the arguments as the object that their text should hold. */
const written = (args: unknown): string =>
  typeof args === 'string' ? args : args === undefined || args === null ? '' : JSON.stringify(args)

export function messageWriter(context: AnswerContext, { showsThinking, problemEvent }: Options): SurfaceWriter {
  let started = false
  let blocks = 0
  /** The block being written: its kind, or the tool call by its own index. */
  let open: { readonly of: 'text' | 'thinking' | number; readonly index: number } | undefined
  /** Index of each tool call's block. */
  const calls = new Map<number, number>()
  const ids: string[] = []
  let finish: string | null = null
  let refused = false
  let usage: CompletionUsage | undefined

  function start({ id, model }: { readonly id: string; readonly model: string }): string {
    if (started) return ''
    started = true
    return event({
      type: 'message_start',
      message: {
        id: messageId(id),
        type: 'message',
        role: 'assistant',
        model,
        content: [],
        stop_reason: null,
        stop_sequence: null,
        stop_details: null,
        container: null,
        diagnostics: null,
        usage: usageIn(undefined),
      },
    })
  }

  function close(): string {
    if (open === undefined) return ''
    const { index } = open
    open = undefined
    return event({ type: 'content_block_stop', index })
  }

  function begin(of: 'text' | 'thinking' | number, content_block: ContentBlock): string {
    const closed = close()
    open = { of, index: blocks++ }
    return closed + event({ type: 'content_block_start', index: open.index, content_block })
  }

  const piece = (index: number, delta: RawContentBlockDelta): string => event({ type: 'content_block_delta', index, delta })

  function text(value: string | null | undefined): string {
    if (!value) return ''
    const begun = open?.of === 'text' ? '' : begin('text', { type: 'text', text: '', citations: null })
    return begun + piece(open?.index ?? 0, { type: 'text_delta', text: value })
  }

  /** Where it is not shown, a sign of life instead: thinking may take minutes. */
  function thinking(value: string | undefined): string {
    if (!value) return ''
    if (!showsThinking) return event({ type: 'ping' })
    const begun = open?.of === 'thinking' ? '' : begin('thinking', { type: 'thinking', thinking: '', signature: '' })
    return begun + piece(open?.index ?? 0, { type: 'thinking_delta', thinking: value })
  }

  /** Some servers do not number the calls of an answer; then every new id begins one. */
  function placeOf({ index, id }: CallDelta): number {
    if (typeof index === 'number') return index
    if (id !== undefined && !ids.includes(id)) ids.push(id)
    return id === undefined ? ids.length - 1 : ids.indexOf(id)
  }

  function call(delta: CallDelta): string {
    const { id, function: called } = delta
    const at = placeOf(delta)
    const known = calls.get(at)
    let begun = ''
    if (known === undefined) {
      begun = begin(at, {
        type: 'tool_use',
        id: id ?? madeCallId(context, `${at}`),
        name: called?.name ?? '',
        input: {},
        caller: { type: 'direct' },
      })
      calls.set(at, blocks - 1)
    }
    // Providers write one call after another. A late piece of an earlier one still names its block, which is all that clients go by
    const json = written(called?.arguments)
    return json === '' ? begun : begun + piece(known ?? blocks - 1, { type: 'input_json_delta', partial_json: json })
  }

  function chunk({ id, model, choices }: ChatCompletionChunk): string {
    // Anthropic gives one answer a request
    const choice = choices.find(({ index }) => (index ?? 0) === 0)
    if (choice === undefined) return ''
    const { delta } = choice
    finish = choice.finish_reason ?? finish
    if (delta.refusal) refused = true
    return (
      start({ id: id || context.id, model: model || context.model }) +
      thinking(stringAt(delta, 'reasoning_content') ?? stringAt(delta, 'reasoning')) +
      text(spoken(delta.content)) +
      text(spoken(delta.refusal)) +
      (delta.tool_calls ?? []).map(call).join('')
    )
  }

  function end(): string {
    const { input_tokens, cache_creation_input_tokens, cache_read_input_tokens, output_tokens, output_tokens_details } =
      usageIn(usage)
    return (
      start(context) +
      close() +
      event({
        type: 'message_delta',
        delta: {
          stop_reason: stopReasonOf(finish, { called: calls.size > 0, refused }),
          stop_sequence: null,
          stop_details: null,
          container: null,
        },
        usage: {
          input_tokens,
          cache_creation_input_tokens,
          cache_read_input_tokens,
          output_tokens,
          output_tokens_details,
          server_tool_use: null,
        },
      }) +
      event({ type: 'message_stop' })
    )
  }

  return {
    write(part: StreamPart): string {
      switch (part.kind) {
        case 'chunk':
          return chunk(part.chunk)
        case 'usage':
          usage = part.usage
          return ''
        case 'failure':
          // No message_stop after it: a client must not take this for a finished answer
          return problemEvent(problemOf(part.failure))
        case 'done':
          return end()
      }
    },
  }
}
