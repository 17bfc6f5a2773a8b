/**
 * The conversation in Gemini's shape. The rules where the two APIs differ:
 * - System and developer messages, wherever they stand, become `systemInstruction`, in order.
 * - Consecutive messages of one kind become one content. Function responses stay a content of their own, since Gemini matches them as
 *   a whole with the calls before them; each needs the function's name, which is looked up by the call's id.
 * - A response must be an object: a tool's JSON object goes as it is, any other text as `{ output: text }`.
 * - Empty text is left out, and so is a content that held nothing else. A conversation of system messages alone is asked as the
 *   user's; one that opens with the model gets a user content before it.
 */

import { type ChatMessage, type ChatRequest, textOf } from '../../chat'
import { isObject, parseJson } from '../../json'
import { ok, type Result } from '../../outcome'
import { each, rejected } from '../translation/fault'
import { toolArguments } from '../translation/tool-arguments'
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
  const contents: { kind: Kind; parts: Part[] }[] = []
  const names = new Map<string, string>()

  function append(kind: Kind, parts: readonly Part[]): void {
    const last = contents.at(-1)
    if (last?.kind === kind) last.parts.push(...parts)
    else if (parts.length > 0) contents.push({ kind, parts: [...parts] })
  }

  for (const [index, message] of chat.messages.entries()) {
    const path = `messages[${index}]`
    switch (message.role) {
      case 'system':
      case 'developer':
        system.push(...texts(message.content))
        break
      case 'user': {
        const parts = typeof message.content === 'string' ? ok(texts(message.content)) : userParts(message.content, path, traits)
        if (!parts.ok) return parts
        append('user', parts.value)
        break
      }
      case 'assistant': {
        const calls = functionCalls(message, path, traits)
        if (!calls.ok) return calls
        for (const call of message.tool_calls ?? []) names.set(call.id, call.function.name)
        append('model', [...signedTexts(message), ...calls.value])
        break
      }
      case 'tool': {
        const id = message.tool_call_id
        const name = names.get(id)
        if (name === undefined) return rejected(`${path}.tool_call_id`, `${path} answers no tool call of the messages before it.`)
        append('responses', [{ functionResponse: { id, name, response: response(textOf(message.content)) } }])
        break
      }
    }
  }
  return complete(
    system,
    contents.map(({ kind, parts }) => ({ role: kind === 'model' ? 'model' : 'user', parts })),
  )
}

function complete(system: readonly Part[], contents: readonly Content[]): Result<Conversation> {
  const first = contents[0]
  if (first === undefined) {
    if (system.length === 0) return rejected('messages', 'messages hold no text at all.')
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
    const args = toolArguments(call.function.arguments, `${path}.tool_calls[${index}].function.arguments`)
    if (!args.ok) return args
    const signature = signatureOf(call) ?? (pad && index === 0 ? UNSIGNED : undefined)
    return ok({
      functionCall: { id: call.id, name: call.function.name, args: args.value },
      ...(signature !== undefined && { thoughtSignature: signature }),
    })
  })
}

function response(text: string): Readonly<Record<string, unknown>> {
  const value = parseJson(text)
  return isObject(value) ? value : { output: text }
}
