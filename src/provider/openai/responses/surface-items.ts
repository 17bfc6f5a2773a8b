/** The items of a response while they are being written. Each knows its place, gathers what it holds, and tells every step as an event. */
import type { ChatCompletionChunk } from '../../../chat'
import { callItem, logprobsIn, messageItem, reasoningItem, textPart } from './items'
import type { ResponseOutputItem, ResponseOutputMessage, StreamEvent } from './wire'

type Events = readonly StreamEvent[]
type Status = 'completed' | 'incomplete'

export interface ItemWriter {
  begin(): Events
  close(status: Status): Events
  /** As it was when it was closed. */
  readonly done: ResponseOutputItem
  /** As it is where everything broke off. */
  readonly halfDone: ResponseOutputItem
}

abstract class Item implements ItemWriter {
  readonly id: string
  readonly outputIndex: number
  #status: Status | undefined

  constructor(id: string, outputIndex: number) {
    this.id = id
    this.outputIndex = outputIndex
  }

  protected abstract item(status: Status | 'in_progress'): ResponseOutputItem
  /** What ends inside the item before the item itself does. */
  protected abstract end(): Events

  get place() {
    return { item_id: this.id, output_index: this.outputIndex }
  }

  begin(): Events {
    return [{ type: 'response.output_item.added', output_index: this.outputIndex, item: this.item('in_progress') }]
  }

  close(status: Status): Events {
    this.#status = status
    return [...this.end(), { type: 'response.output_item.done', output_index: this.outputIndex, item: this.done }]
  }

  get done(): ResponseOutputItem {
    return this.item(this.#status ?? 'completed')
  }

  get halfDone(): ResponseOutputItem {
    return this.item(this.#status ?? 'incomplete')
  }
}

export class ReasoningWriter extends Item {
  #text = ''

  add(delta: string): Events {
    const opened: Events =
      this.#text === ''
        ? [
            {
              type: 'response.reasoning_summary_part.added',
              ...this.place,
              summary_index: 0,
              part: { type: 'summary_text', text: '' },
            },
          ]
        : []
    this.#text += delta
    return [...opened, { type: 'response.reasoning_summary_text.delta', ...this.place, summary_index: 0, delta }]
  }

  protected item() {
    return reasoningItem(this.id, this.#text)
  }

  protected end(): Events {
    const text = this.#text
    if (text === '') return []
    return [
      { type: 'response.reasoning_summary_text.done', ...this.place, summary_index: 0, text },
      { type: 'response.reasoning_summary_part.done', ...this.place, summary_index: 0, part: { type: 'summary_text', text } },
    ]
  }
}

type Part = ResponseOutputMessage['content'][number]

/** Text and refusals are parts of one message, one after another. */
export class MessageWriter extends Item {
  readonly #parts: Part[] = []

  text(delta: string, choice: ChatCompletionChunk['choices'][number]): Events {
    const last = this.#parts.at(-1)
    const logprobs = logprobsIn(choice)
    const opened = last?.type === 'output_text' ? [] : this.#open(() => textPart(''))
    const part = this.#parts.at(-1)
    if (part?.type === 'output_text') {
      part.text += delta
      part.logprobs?.push(...logprobs)
    }
    return [...opened, { type: 'response.output_text.delta', ...this.#partPlace, delta, logprobs }]
  }

  refusal(delta: string): Events {
    const opened = this.#parts.at(-1)?.type === 'refusal' ? [] : this.#open(() => ({ type: 'refusal', refusal: '' }))
    const part = this.#parts.at(-1)
    if (part?.type === 'refusal') part.refusal += delta
    return [...opened, { type: 'response.refusal.delta', ...this.#partPlace, delta }]
  }

  get #partPlace() {
    return { ...this.place, content_index: this.#parts.length - 1 }
  }

  /** `make` is called twice: the part that is announced stays empty, the other one is filled. */
  #open(make: () => Part): Events {
    const ended = this.end()
    this.#parts.push(make())
    return [...ended, { type: 'response.content_part.added', ...this.#partPlace, part: make() }]
  }

  protected item(status: Status | 'in_progress') {
    return messageItem(this.id, this.#parts, status)
  }

  protected end(): Events {
    const part = this.#parts.at(-1)
    if (part === undefined) return []
    const done: StreamEvent =
      part.type === 'output_text'
        ? { type: 'response.output_text.done', ...this.#partPlace, text: part.text, logprobs: part.logprobs ?? [] }
        : { type: 'response.refusal.done', ...this.#partPlace, refusal: part.refusal }
    return [done, { type: 'response.content_part.done', ...this.#partPlace, part }]
  }
}

export class CallWriter extends Item {
  readonly kind: 'function' | 'custom'
  readonly #callId: string
  readonly #name: string
  #input = ''

  constructor(id: string, outputIndex: number, kind: 'function' | 'custom', callId: string, name: string) {
    super(id, outputIndex)
    this.kind = kind
    this.#callId = callId
    this.#name = name
  }

  /** So far. */
  get input(): string {
    return this.#input
  }

  add(delta: string): Events {
    if (delta === '') return []
    this.#input += delta
    const type = this.kind === 'function' ? 'response.function_call_arguments.delta' : 'response.custom_tool_call_input.delta'
    return [{ type, ...this.place, delta }]
  }

  protected item(status: Status | 'in_progress') {
    return callItem({ id: this.id, callId: this.#callId, kind: this.kind, name: this.#name, input: this.#input }, status)
  }

  protected end(): Events {
    return this.kind === 'function'
      ? [{ type: 'response.function_call_arguments.done', ...this.place, arguments: this.#input }]
      : [{ type: 'response.custom_tool_call_input.done', ...this.place, input: this.#input }]
  }
}
