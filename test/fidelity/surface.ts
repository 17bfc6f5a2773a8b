/** The surfaces as a client meets them: where to ask, what is the least to ask, what an error says, and the official SDK's own idea of a streamed answer. */
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { isObject, type JsonObject, list, object, text } from '../providers/json'
import { CLIENT_KEY } from '../support/router'
import type { SurfaceName } from './feature'

export interface Endpoint {
  readonly path: string
  readonly least: JsonObject
  /** Everything that an error body says, in one text. */
  readonly told: (error: unknown) => string
}

export interface ClientSide extends Endpoint {
  readonly title: string
  /** Streams an answer with the provider's own SDK and puts it together as the SDK does. */
  readonly stream: (url: URL, body: JsonObject) => Promise<JsonObject>
}

const baseUrl = (url: URL, path: string) => url.href.replace(/\/$/, '') + path

async function streamChat(url: URL, body: JsonObject): Promise<JsonObject> {
  const client = new OpenAI({ baseURL: baseUrl(url, '/v1'), apiKey: CLIENT_KEY, maxRetries: 0 })
  const asked = { stream_options: { include_usage: true }, ...body } as unknown as Parameters<
    typeof client.chat.completions.stream
  >[0]
  const stream = client.chat.completions.stream(asked)
  // The SDK knows no reasoning, and of a field that it does not know the last piece wins
  let reasoning = ''
  stream.on('chunk', ({ choices: [choice] }) => {
    reasoning += text(object(choice?.delta)?.reasoning_content) ?? ''
  })
  const final = plain(await stream.finalChatCompletion())
  if (reasoning === '') return final
  const choices = (list(final.choices) ?? []).map(choice => ({
    ...object(choice),
    message: { ...object(object(choice)?.message), reasoning_content: reasoning },
  }))
  return { ...final, choices }
}

async function streamMessages(url: URL, body: JsonObject): Promise<JsonObject> {
  const client = new Anthropic({ baseURL: baseUrl(url, ''), apiKey: CLIENT_KEY, maxRetries: 0 })
  const asked = body as unknown as Parameters<typeof client.messages.stream>[0]
  return plain(await client.messages.stream(asked).finalMessage())
}

async function streamResponses(url: URL, body: JsonObject): Promise<JsonObject> {
  const client = new OpenAI({ baseURL: baseUrl(url, '/v1'), apiKey: CLIENT_KEY, maxRetries: 0 })
  const asked = body as unknown as Parameters<typeof client.responses.stream>[0]
  return plain(await client.responses.stream(asked).finalResponse())
}

/** Without what the SDK adds for its users' convenience. */
function plain(value: object): JsonObject {
  const copy: unknown = JSON.parse(JSON.stringify(value))
  if (!isObject(copy)) throw new Error('an answer is an object')
  return copy
}

const toldByOpenAi = (error: unknown): string => {
  const { param, message } = object(object(error)?.error) ?? {}
  return `${param ?? ''} ${message ?? ''}`
}

export const CLIENTS: Readonly<Record<SurfaceName, ClientSide>> = {
  chat: {
    title: 'Chat Completions',
    path: '/v1/chat/completions',
    least: { messages: [{ role: 'user', content: 'Hi' }] },
    told: toldByOpenAi,
    stream: streamChat,
  },
  messages: {
    title: 'Messages',
    path: '/v1/messages',
    least: { max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] },
    told: error => String(object(object(error)?.error)?.message ?? ''),
    stream: streamMessages,
  },
  responses: {
    title: 'Responses',
    path: '/v1/responses',
    least: { input: 'Hi' },
    told: toldByOpenAi,
    stream: streamResponses,
  },
}

/** Without streams, and so no surface of the tables above. */
export const EMBEDDINGS_CLIENT: Endpoint = { path: '/v1/embeddings', least: { input: 'Hi' }, told: toldByOpenAi }
