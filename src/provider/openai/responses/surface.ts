/**
 * The OpenAI Responses surface: canonical answers, streams and problems in the words that its clients expect. Thinking is shown as a reasoning item wherever the
 * upstream shows it. It cannot be encrypted here, so it is of no use in the next request, and is left out of that by whoever reads it.
 */
import type { ChatCompletion } from '../../../chat'
import { stringAt } from '../../../json'
import type { Problem } from '../../../outcome'
import type { Surface } from '../../surface'
import { openaiSurface } from '../surface'
import { callItem, endingOf, idOf, logprobsIn, messageItem, reasoningItem, textPart, usageIn } from './items'
import { ownName } from './own-words'
import { responseWriter } from './surface-stream'
import type { ResponseObject, ResponseOutputItem, ResponseOutputMessage, Settings } from './wire'

export interface Options {
  readonly requestId: string
  readonly createdSeconds: number
  /** What every response repeats of its request. */
  readonly settings: Settings
  /** The caller's word for the model, for upstreams that do not tell theirs. */
  readonly model: string
}

export function responsesSurface(options: Options): Surface {
  return {
    dialect: 'openai-responses',
    answer: completion => JSON.stringify(responseOf(completion, options)),
    problem: problem => openaiSurface.problem(inOwnWords(problem)),
    problemEvent: problem => errorEvent(problem, 0),
    pulse: openaiSurface.pulse,
    stream: context => responseWriter(context, options, errorEvent),
  }
}

type Choice = ChatCompletion['choices'][number]

function responseOf({ choices, model, usage }: ChatCompletion, options: Options): ResponseObject {
  const [choice] = choices
  const ending = endingOf(choice?.finish_reason)
  const cost = usageIn(usage)
  return {
    ...options.settings,
    id: idOf('resp', options.requestId),
    created_at: options.createdSeconds,
    ...ending,
    error: null,
    model: model || options.model,
    output: choice === undefined ? [] : outputOf(choice, options.requestId, ending.status),
    ...(cost !== undefined && { usage: cost }),
  }
}

function outputOf(choice: Choice, requestId: string, status: 'completed' | 'incomplete'): ResponseOutputItem[] {
  const { message } = choice
  const output: ResponseOutputItem[] = []
  const id = (prefix: string) => idOf(prefix, requestId, output.length)

  const reasoning = stringAt(message, 'reasoning_content') ?? stringAt(message, 'reasoning') ?? ''
  if (reasoning !== '') output.push(reasoningItem(id('rs'), reasoning))
  const content: ResponseOutputMessage['content'] = [
    ...(message.content ? [textPart(message.content, logprobsIn(choice))] : []),
    ...(message.refusal ? [{ type: 'refusal' as const, refusal: message.refusal }] : []),
  ]
  if (content.length > 0) output.push(messageItem(id('msg'), content, status))
  for (const call of message.tool_calls ?? []) {
    const isFunction = call.type === 'function'
    const name = isFunction ? call.function.name : call.custom.name
    const input = isFunction ? call.function.arguments : call.custom.input
    const kind = isFunction ? 'function' : 'custom'
    // Only the last thing that was written can have been cut short, and a call that is there as a whole was not
    output.push(callItem({ id: id(isFunction ? 'fc' : 'ctc'), callId: call.id, kind, name, input }, 'completed'))
  }
  return output
}

/** Documented as flat, sent with a nested `error`: clients read the one or the other. */
function errorEvent(problem: Problem, sequence_number: number): string {
  const { message, type, code, param } = inOwnWords(problem)
  const told = { code, message, param }
  return `event: error\ndata: ${JSON.stringify({ type: 'error', ...told, error: { type, ...told }, sequence_number })}\n\n`
}

function inOwnWords(problem: Problem): Problem {
  const { param, message } = problem
  if (param === null) return problem
  const own = ownName(param)
  // Where the sentence is about the field, it begins with its name
  return { ...problem, param: own, message: message.startsWith(param) ? own + message.slice(param.length) : message }
}
