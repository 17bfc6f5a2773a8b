/**
 * The conversation in Gemini's shape. The rules where the two APIs differ:
 * - System and developer messages become `systemInstruction`, in order, wherever they stand; behind the model's last word they are the user's.
 * - Consecutive messages of one kind become one content. Function responses stay a content of their own, since Gemini matches them as
 *   a whole with the calls before them; each needs the function's name, which is looked up by the call's id, and they stand in the order of the calls.
 * - A response must be an object: a tool's JSON object goes as it is, any other text as `{ output: text }`.
 * - Empty text is left out, and so is a content that held nothing else. A conversation of system messages alone is asked as the
 *   user's; one that opens with the model gets a user content before it.
 */

import { type ChatMessage, type ChatRequest, textOf } from '../../chat'
import { isObject, parseJson } from '../../json'
import { ok, type Result } from '../../outcome'
import { each, rejected, unsupported } from '../translation/fault'
import { toolArguments } from '../translation/tool-arguments'
import { closingFrom, Turns } from '../translation/turns'
import type { Traits } from './gemini'
import { mediaPart, type UserPart } from './media'
import { signatureOf, UNSIGNED } from './signature'
import type { Content, Part } from './wire'

export interface Conversation {
  readonly system: readonly Part[]
  readonly contents: readonly Content[]
}

const LEAD_IN = 'Continue the conversation.'

type AssistantMessage = Extract<ChatMessage, { role: 'assistant' }>
type Kind = 'user' | 'model' | 'responses'

export function conversation(chat: ChatRequest, traits: Traits): Result<Conversation> {
  const system: Part[] = []
  const contents = new Turns<Kind, Part>()
  /** Of each call, in their order. */
  const names = new Map<string, string>()
  const closing = closingFrom(chat.messages)

  for (const [index, message] of chat.messages.entries()) {
    const path = `messages[${index}]`
    switch (message.role) {
      case 'system':
      case 'developer':
        if (index < closing) system.push(...texts(message.content))
        else contents.add('user', texts(message.content))
        break
      case 'user': {
        const parts = typeof message.content === 'string' ? ok(texts(message.content)) : userParts(message.content, path, traits)
        if (!parts.ok) return parts
        contents.add('user', parts.value)
        break
      }
      case 'assistant': {
        const calls = functionCalls(message, path, traits)
        if (!calls.ok) return calls
        for (const { functionCall } of calls.value) if (functionCall) names.set(functionCall.id, functionCall.name)
        contents.add('model', [...signedTexts(message), ...calls.value])
        break
      }
      case 'tool': {
        const id = message.tool_call_id
        const name = names.get(id)
        if (name === undefined) return rejected(`${path}.tool_call_id`, `${path} answers no tool call of the messages before it.`)
        contents.add('responses', [{ functionResponse: { id, name, response: response(textOf(message.content)) } }])
        break
      }
    }
  }
  return complete(
    system,
    contents.list.map(({ kind, pieces }) => ({
      role: kind === 'model' ? 'model' : 'user',
      parts: kind === 'responses' ? inOrder(pieces, [...names.keys()]) : pieces,
    })),
  )
}

function complete(system: readonly Part[], contents: readonly Content[]): Result<Conversation> {
  const first = contents[0]
  if (first === undefined) {
    if (system.length === 0) return unsupported('messages', 'messages hold no text at all, and Gemini refuses that.')
    return ok({ system: [], contents: [{ role: 'user', parts: system }] })
  }
  if (first.role === 'user') return ok({ system, contents })
  return ok({ system, contents: [{ role: 'user', parts: [{ text: LEAD_IN }] }, ...contents] })
}

function userParts(content: readonly UserPart[], path: string, traits: Traits): Result<Part[]> {
  const parts = each(content, (part, index): Result<readonly Part[]> => {
    if (part.type === 'text') return ok(texts(part.text))
    const media = mediaPart(part, `${path}.content[${index}]`, traits)
    return media.ok ? ok([media.value]) : media
  })
  return parts.ok ? ok(parts.value.flat()) : parts
}

/** A refusal of an earlier turn is text that the model said. */
function texts(content: ChatMessage['content'] | undefined): Part[] {
  if (content === null || content === undefined) return []
  const pieces =
    typeof content === 'string' ? [content] : content.map(part => (part.type === 'refusal' ? part.refusal : textOf([part])))
  return pieces.flatMap(text => (typeof text === 'string' && text !== '' ? [{ text }] : []))
}

/** The message's own signature came with the end of its text and goes back there. */
function signedTexts(message: AssistantMessage): Part[] {
  const parts = [...texts(message.content), ...texts(message.refusal)]
  const thoughtSignature = signatureOf(message)
  if (thoughtSignature === undefined) return parts
  return [...parts.slice(0, -1), { text: '', ...parts.at(-1), thoughtSignature }]
}

function functionCalls(message: AssistantMessage, path: string, traits: Traits): Result<Part[]> {
  const calls = message.tool_calls ?? []
  // Of parallel calls only the first carries a signature; with none at all, the calls are another model's
  const pad = traits.signedCalls && calls.every(call => signatureOf(call) === undefined)
  return each(calls, (call, index) => {
    const at = `${path}.tool_calls[${index}]`
    if (call.type === 'custom') return unsupported(at, 'A tool that takes free text is known to OpenAI alone.')
    const args = toolArguments(call.function.arguments, `${at}.function.arguments`)
    if (!args.ok) return args
    const signature = signatureOf(call) ?? (pad && index === 0 ? UNSIGNED : undefined)
    return ok({
      functionCall: { id: call.id, name: call.function.name, args: args.value },
      ...(signature !== undefined && { thoughtSignature: signature }),
    })
  })
}

/** Models before Gemini 3 know no ids and match responses with calls by their order. */
function inOrder(responses: readonly Part[], ids: readonly string[]): readonly Part[] {
  return responses.toSorted((a, b) => ids.indexOf(a.functionResponse?.id ?? '') - ids.indexOf(b.functionResponse?.id ?? ''))
}

function response(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text)
  return isObject(value) ? value : { output: text }
}
