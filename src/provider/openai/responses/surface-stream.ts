/**
 * Canonical parts as the events of a response's stream. Each item of the output is announced, filled and closed, and at the end the whole
 * response comes once more. An item is closed when the next one begins; a call whose arguments are not whole by then stays open to the end, since
 * an upstream may write several at once.
 */
import type { ChatCompletionChunk, CompletionUsage } from '../../../chat'
import { objectAt, parseJson, stringAt } from '../../../json'
import { type Failure, type Problem, problemOf } from '../../../outcome'
import type { AnswerContext, StreamPart } from '../../dialect'
import type { SurfaceWriter } from '../../surface'
import { endingOf, idOf, usageIn } from './items'
import type { Options } from './surface'
import { CallWriter, type ItemWriter, MessageWriter, ReasoningWriter } from './surface-items'
import type { ResponseObject, StreamEvent } from './wire'

type Delta = ChatCompletionChunk['choices'][number]['delta']
type CallDelta = NonNullable<Delta['tool_calls']>[number]

export function responseWriter(
  context: AnswerContext,
  { requestId, createdSeconds, settings }: Options,
  errorEvent: (problem: Problem, sequenceNumber: number) => string,
): SurfaceWriter {
  let sequence = 0
  let model: string | undefined
  const items: ItemWriter[] = []
  const open = new Set<ItemWriter>()
  /** By the upstream's own index. */
  const calls = new Map<number, CallWriter>()
  let finish: string | null = null
  let usage: CompletionUsage | undefined

  const events = (list: readonly StreamEvent[]): string =>
    list.map(body => `event: ${body.type}\ndata: ${JSON.stringify({ ...body, sequence_number: sequence++ })}\n\n`).join('')

  const response = (
    rest: Pick<ResponseObject, 'status' | 'error' | 'incomplete_details' | 'output' | 'usage'>,
  ): ResponseObject => {
    return { ...settings, id: idOf('resp', requestId), created_at: createdSeconds, model: model ?? context.model, ...rest }
  }

  function start(named: string): string {
    if (model !== undefined) return ''
    model = named || context.model
    const begun = response({ status: 'in_progress', error: null, incomplete_details: null, output: [], usage: null })
    return events([
      { type: 'response.created', response: begun },
      { type: 'response.in_progress', response: begun },
    ])
  }

  /** What was being written, unless it may go on. */
  function close(mayGoOn: (item: ItemWriter) => boolean, status: 'completed' | 'incomplete'): string {
    const closing = [...open].filter(item => !mayGoOn(item))
    for (const item of closing) open.delete(item)
    // Of what was cut short only the last was being written
    return events(closing.flatMap((item, index) => item.close(index === closing.length - 1 ? status : 'completed')))
  }

  const isHalf = (item: ItemWriter): boolean =>
    item instanceof CallWriter && item.kind === 'function' && parseJson(item.input) === undefined

  function begin<T extends ItemWriter>(make: (outputIndex: number) => T): { readonly item: T; readonly written: string } {
    const closed = close(isHalf, 'completed')
    const item = make(items.length)
    items.push(item)
    open.add(item)
    return { item, written: closed + events(item.begin()) }
  }

  /** The open item of a kind, or a new one. */
  function filled<T extends ItemWriter>(
    Kind: new (id: string, outputIndex: number) => T,
    prefix: string,
    fill: (item: T) => readonly StreamEvent[],
  ): string {
    const last = items.at(-1)
    if (last instanceof Kind && open.has(last)) return events(fill(last))
    const { item, written } = begin(index => new Kind(idOf(prefix, requestId, index), index))
    return written + events(fill(item))
  }

  function call(delta: CallDelta): string {
    const { index: at, id, function: called } = delta
    const custom = objectAt(delta, 'custom')
    const piece = called?.arguments ?? stringAt(custom, 'input') ?? ''
    const known = calls.get(at)
    if (known !== undefined) return events(known.add(piece))
    const kind = custom === undefined ? 'function' : 'custom'
    const { item, written } = begin(index => {
      const own = idOf(kind === 'function' ? 'fc' : 'ctc', requestId, index)
      return new CallWriter(
        own,
        index,
        kind,
        id ?? idOf('call', requestId, index),
        called?.name ?? stringAt(custom, 'name') ?? '',
      )
    })
    calls.set(at, item)
    return written + events(item.add(piece))
  }

  function chunk({ model: named, choices }: ChatCompletionChunk): string {
    // One answer a request here
    const choice = choices.find(({ index }) => (index ?? 0) === 0)
    if (choice === undefined) return ''
    const { delta } = choice
    const { content, refusal } = delta
    const thought = stringAt(delta, 'reasoning_content') ?? stringAt(delta, 'reasoning')
    finish = choice.finish_reason ?? finish
    return (
      start(named) +
      (thought ? filled(ReasoningWriter, 'rs', item => item.add(thought)) : '') +
      (content ? filled(MessageWriter, 'msg', item => item.text(content, choice)) : '') +
      (refusal ? filled(MessageWriter, 'msg', item => item.refusal(refusal)) : '') +
      (delta.tool_calls ?? []).map(call).join('')
    )
  }

  function end(): string {
    const begun = start('')
    const { status, incomplete_details } = endingOf(finish)
    const closed = close(() => false, status)
    const cost = usageIn(usage)
    const output = items.map(item => item.done)
    const ended = response({ status, error: null, incomplete_details, output, ...(cost !== undefined && { usage: cost }) })
    return (
      begun + closed + events([{ type: status === 'completed' ? 'response.completed' : 'response.incomplete', response: ended }])
    )
  }

  /** The error as such, which is what clients raise; then the response's own end, for those who follow its states. In this order nobody hears of it twice. */
  function failed(failure: Failure): string {
    const problem = problemOf(failure)
    const told = errorEvent(problem, sequence++)
    if (model === undefined) return told
    const code = problem.status === 429 ? 'rate_limit_exceeded' : 'server_error'
    const error = { code, message: problem.message } as const
    const output = items.map(item => item.halfDone)
    const ended = response({ status: 'failed', error, incomplete_details: null, output, usage: null })
    return told + events([{ type: 'response.failed', response: ended }])
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
          return failed(part.failure)
        case 'done':
          return end()
      }
    },
  }
}
