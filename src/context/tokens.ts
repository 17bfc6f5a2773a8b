/**
 * How large a prompt is, in tokens, without a tokenizer: those weigh a megabyte each, every provider has its own, and what rests
 * on the figure (context windows, first-token prediction) forgives ten per cent. The text is charged for by its characters; messages, tools, images
 * and documents by the piece.
 */
import type { ChatMessage, ChatRequest } from '../chat'
import { charge } from './token-charge'

/** OpenAI's published way of counting: three tokens around each message and its role, three that open the answer. */
const TOKENS_PER_MESSAGE = 4
const TOKENS_TO_START_ANSWER = 3
/** OpenAI's price of a 1024 x 1024 image at high detail (four tiles of 170 and 85); Gemini charges 258, Anthropic about 1,400. */
const TOKENS_PER_IMAGE = 765
const TOKENS_PER_LOW_DETAIL_IMAGE = 85
/** A minute of speech at ten tokens a second (OpenAI); the length is not known without decoding. */
const TOKENS_PER_AUDIO = 600
/** Two printed pages, as text and as image. */
const TOKENS_PER_DOCUMENT = 3_000
/** Quotes, colon and comma around a key; what a provider writes around one tool. */
const TOKENS_PER_ENTRY = 2
const TOKENS_PER_TOOL = 8

/** A longer conversation is read in blocks spread evenly over it, so that the work stays below about half a millisecond. */
const READ_CHARACTERS = 100_000
const BLOCK_CHARACTERS = 500
/** Schema nodes looked at; what lies beyond is extrapolated tool by tool. */
const SCHEMA_NODES = 4_000

/** Tokens of several texts, each on its own; above `READ_CHARACTERS` in all, from an even sample of them. */
export function estimateTextTokens(texts: readonly string[]): number {
  let length = 0
  for (const text of texts) length += text.length
  const stride = Math.max(1, length / READ_CHARACTERS) * BLOCK_CHARACTERS
  let total = 0
  let read = 0
  let begin = 0
  let block = 0
  for (const text of texts) {
    const end = begin + text.length
    if (length <= READ_CHARACTERS) {
      total += charge(text, 0, text.length)
      read += text.length
    } else {
      for (let start = Math.floor(block * stride); start < end; start = Math.floor(++block * stride)) {
        const from = Math.max(start, begin)
        const to = Math.min(start + BLOCK_CHARACTERS, end)
        if (to > from) {
          total += charge(text, from - begin, to - begin)
          read += to - from
        }
        // the rest of this block lies in the texts to come
        if (start + BLOCK_CHARACTERS > end) break
      }
    }
    begin = end
  }
  return read === 0 ? 0 : Math.ceil((total * (length / read)) / 100)
}

/** Collects what of a request becomes prompt: its texts, and tokens that are no text. */
class Prompt {
  readonly texts: string[] = []
  tokens = TOKENS_TO_START_ANSWER
  #nodes = 0

  message(message: ChatMessage): void {
    this.tokens += TOKENS_PER_MESSAGE
    const { content } = message
    if (typeof content === 'string') this.texts.push(content)
    else for (const part of content ?? []) this.part(part)
    if (message.role !== 'assistant') return
    if (message.refusal) this.texts.push(message.refusal)
    for (const call of message.tool_calls ?? []) {
      this.tokens += TOKENS_PER_TOOL
      if (call.type === 'function') this.texts.push(call.function.name, call.function.arguments)
      else this.texts.push(call.custom.name, call.custom.input)
    }
  }

  part(part: Exclude<ChatMessage['content'], string | null | undefined>[number]): void {
    if (part.type === 'text') this.texts.push(part.text)
    else if (part.type === 'refusal') this.texts.push(part.refusal)
    else if (part.type === 'image_url')
      this.tokens += part.image_url.detail === 'low' ? TOKENS_PER_LOW_DETAIL_IMAGE : TOKENS_PER_IMAGE
    else this.tokens += part.type === 'input_audio' ? TOKENS_PER_AUDIO : TOKENS_PER_DOCUMENT
  }

  /** False once the budget of nodes is used up. Its own stack, since a schema may nest deeper than the call stack. */
  schema(root: unknown): boolean {
    const open: unknown[] = [root]
    while (open.length > 0) {
      if (++this.#nodes > SCHEMA_NODES) return false
      const value = open.pop()
      if (typeof value === 'string') this.texts.push(value)
      else if (Array.isArray(value)) {
        const items = value.length > SCHEMA_NODES ? value.slice(0, SCHEMA_NODES) : value
        for (const item of items) open.push(item)
      } else if (typeof value === 'object' && value !== null) {
        for (const [key, child] of Object.entries(value)) {
          this.tokens += TOKENS_PER_ENTRY
          this.texts.push(key)
          open.push(child)
        }
      } else this.tokens += 1
    }
    return true
  }
}

/** The whole prompt: messages, images and documents, tools, the schema of the answer. At least 1. */
export function estimatePromptTokens(chat: ChatRequest): number {
  const prompt = new Prompt()
  for (const message of chat.messages) prompt.message(message)
  if (chat.response_format?.type === 'json_schema') prompt.schema(chat.response_format.json_schema.schema)

  const declared = new Prompt()
  declared.tokens = 0
  const tools = chat.tools ?? []
  let measured = 0
  for (const offered of tools) {
    const { name, description } = offered.type === 'function' ? offered.function : offered.custom
    declared.tokens += TOKENS_PER_TOOL
    declared.texts.push(name, description ?? '')
    measured++
    if (!declared.schema(offered.type === 'function' ? offered.function.parameters : offered.custom.format)) break
  }
  const perTool = measured === 0 ? 0 : (declared.tokens + estimateTextTokens(declared.texts)) / measured
  return prompt.tokens + estimateTextTokens(prompt.texts) + Math.ceil(perTool * tools.length)
}
