/** `@langchain/openai`. It does not know `x-should-retry`, hence `maxRetries: 0`. */
import { AIMessageChunk, type BaseMessageLike, HumanMessage, type MessageContent, SystemMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI } from '@langchain/openai'
import { object, text } from '../../providers/json'
import { type Answer, type Ask, type At, CityOf, type Client, type Library, Report, weatherIn } from './client'

const textOf = (content: MessageContent): string =>
  typeof content === 'string' ? content : content.map(part => (part.type === 'text' ? part.text : '')).join('')

interface Told {
  readonly content: MessageContent
  readonly response_metadata: Readonly<Record<string, unknown>>
  readonly usage_metadata?: { readonly input_tokens: number; readonly output_tokens: number } | undefined
}

const answerOf = ({ content, response_metadata: told, usage_metadata: usage }: Told): Answer => ({
  text: textOf(content),
  finish: text(told.finish_reason) ?? text(object(told.incomplete_details)?.reason) ?? text(told.status),
  input: usage?.input_tokens,
  output: usage?.output_tokens,
})

const turnsOf = ({ system, prompt }: Ask): BaseMessageLike[] => [
  ...(system === undefined ? [] : [new SystemMessage(system)]),
  new HumanMessage(prompt),
]

function connect({ url, key }: At, settings: { readonly useResponsesApi: boolean }): Client {
  const chat = ({ model, headers }: Ask) =>
    new ChatOpenAI({
      model,
      apiKey: key,
      maxRetries: 0,
      ...settings,
      configuration: { baseURL: `${url}/v1`, ...(headers && { defaultHeaders: { ...headers } }) },
    })
  const optionsOf = ({ signal }: Ask) => ({ ...(signal && { signal }) })

  return {
    text: async ask => answerOf(await chat(ask).invoke(turnsOf(ask), optionsOf(ask))),

    async stream(ask, onText) {
      let whole: AIMessageChunk | undefined
      for await (const chunk of await chat(ask).stream(ask.prompt, optionsOf(ask))) {
        const piece = textOf(chunk.content)
        if (piece !== '') onText(piece)
        whole = whole === undefined ? chunk : whole.concat(chunk)
      }
      if (whole === undefined) throw new Error('the stream was empty')
      return answerOf(whole)
    },

    async tools(ask, streamed) {
      const calls: { name: string; input: unknown }[] = []
      const weather = tool(({ city }) => weatherIn(city), {
        name: 'weather',
        description: 'The weather in a city',
        schema: CityOf,
      })
      const bound = chat(ask).bindTools([weather])
      let pieces = 0
      const next = async (messages: BaseMessageLike[]): Promise<AIMessageChunk> => {
        if (!streamed) return bound.invoke(messages, optionsOf(ask))
        let whole: AIMessageChunk | undefined
        for await (const chunk of await bound.stream(messages, optionsOf(ask))) {
          pieces += (chunk.tool_call_chunks ?? []).filter(({ args }) => args !== undefined && args !== '').length
          whole = whole === undefined ? chunk : whole.concat(chunk)
        }
        return whole ?? new AIMessageChunk('')
      }
      const messages: BaseMessageLike[] = [new HumanMessage(ask.prompt)]
      for (let turns = 0; turns < 3; turns += 1) {
        const message = await next(messages)
        messages.push(message)
        if ((message.tool_calls ?? []).length === 0) return { calls, pieces, text: textOf(message.content) }
        for (const call of message.tool_calls ?? []) {
          calls.push({ name: call.name, input: call.args })
          messages.push(await weather.invoke({ ...call, type: 'tool_call' }))
        }
      }
      throw new Error('it goes on calling tools')
    },

    async structured(ask, streamed) {
      const runnable = chat(ask).withStructuredOutput(Report, {
        name: 'report',
        method: streamed ? 'functionCalling' : 'jsonSchema',
      })
      return runnable.invoke(ask.prompt, optionsOf(ask))
    },

    async image(ask, base64) {
      const content = [
        { type: 'text', text: ask.prompt },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } },
      ]
      return answerOf(await chat(ask).invoke([new HumanMessage({ content })], optionsOf(ask)))
    },
  }
}

const kindOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  const isPlain = error.constructor === Error || error instanceof DOMException
  const name = isPlain ? error.name : error.constructor.name
  return 'lc_error_code' in error ? `${name} ${error.lc_error_code}` : name
}

const library = (name: string, settings: { readonly useResponsesApi: boolean }, finish: Library['finish']): Library => ({
  name,
  connect: at => connect(at, settings),
  finish,
  kindOf,
  kinds: {
    400: 'BadRequestError',
    401: 'AuthenticationError MODEL_AUTHENTICATION',
    404: 'NotFoundError MODEL_NOT_FOUND',
    413: 'APIError',
    429: 'RateLimitError MODEL_RATE_LIMIT',
    502: 'InternalServerError',
    503: 'InternalServerError',
    504: 'InternalServerError',
  },
  tooLong: 'ContextOverflowError',
  aborted: 'AbortError',
  inStream: { first: 'APIError', amid: 'APIError' },
  unreachable: 'APIConnectionError',
})

export const langchainOverChat = library(
  '@langchain/openai, chat',
  { useResponsesApi: false },
  { stop: 'stop', length: 'length' },
)
export const langchainOverResponses = library(
  '@langchain/openai, responses',
  { useResponsesApi: true },
  { stop: 'completed', length: 'max_output_tokens' },
)
