/** `openai`, over Chat Completions. */
import OpenAI from 'openai'
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod'
import type { ChatCompletionMessageParam, ParsedChatCompletion } from 'openai/resources/chat/completions'
import { type Answer, type Ask, CityOf, type Client, type Library, Report, weatherIn } from './client'

const turn = (content: string): ChatCompletionMessageParam[] => [{ role: 'user', content }]
const turns = ({ system, prompt }: Ask): ChatCompletionMessageParam[] => [
  ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
  ...turn(prompt),
]
const optionsOf = ({ signal, headers }: Ask) => ({ ...(signal && { signal }), ...(headers && { headers }) })

const answerOf = <T>({ choices, usage }: OpenAI.ChatCompletion | ParsedChatCompletion<T>): Answer => ({
  text: choices[0]?.message.content ?? '',
  finish: choices[0]?.finish_reason,
  input: usage?.prompt_tokens,
  output: usage?.completion_tokens,
})

function connect(openai: OpenAI): Client {
  const { completions } = openai.chat
  return {
    text: async ask => answerOf(await completions.create({ model: ask.model, messages: turns(ask) }, optionsOf(ask))),

    async stream(ask, onText) {
      const body = { model: ask.model, messages: turn(ask.prompt), stream_options: { include_usage: true } }
      const stream = completions.stream(body, optionsOf(ask))
      stream.on('content', onText)
      return answerOf(await stream.finalChatCompletion())
    },

    async tools(ask, streamed) {
      const calls: { name: string; input: unknown }[] = []
      const weather = zodFunction({
        name: 'weather',
        parameters: CityOf,
        function: input => {
          calls.push({ name: 'weather', input })
          return weatherIn(input.city)
        },
      })
      const body = { model: ask.model, messages: turn(ask.prompt), tools: [weather] }
      let pieces = 0
      const final = async () => {
        if (!streamed) return completions.runTools(body, optionsOf(ask)).finalContent()
        const runner = completions.runTools({ ...body, stream: true }, optionsOf(ask))
        runner.on('chunk', ({ choices }) => {
          pieces += (choices[0]?.delta.tool_calls ?? []).filter(call => call.function?.arguments).length
        })
        return runner.finalContent()
      }
      const text = (await final()) ?? ''
      return { calls, pieces, text }
    },

    async structured(ask, streamed) {
      const body = { model: ask.model, messages: turn(ask.prompt), response_format: zodResponseFormat(Report, 'report') }
      const completion = await (streamed
        ? completions.stream(body, optionsOf(ask)).finalChatCompletion()
        : completions.parse(body, optionsOf(ask)))
      return completion.choices[0]?.message.parsed
    },

    async image(ask, base64) {
      const image = { type: 'image_url' as const, image_url: { url: `data:image/png;base64,${base64}` } }
      const content = [{ type: 'text' as const, text: ask.prompt }, image]
      return answerOf(await completions.create({ model: ask.model, messages: [{ role: 'user', content }] }, optionsOf(ask)))
    },

    models: async () => {
      const names: string[] = []
      for await (const { id } of openai.models.list()) names.push(id)
      return names
    },
  }
}

export const openai: Library = {
  name: 'openai',
  connect: ({ url, key, retries }) =>
    connect(new OpenAI({ baseURL: `${url}/v1`, apiKey: key, ...(retries !== undefined && { maxRetries: retries }) })),
  finish: { stop: 'stop', length: 'length' },
  kindOf: error => (error instanceof OpenAI.APIError ? error.constructor.name : String(error)),
  kinds: {
    400: 'BadRequestError',
    401: 'AuthenticationError',
    404: 'NotFoundError',
    413: 'APIError',
    429: 'RateLimitError',
    502: 'InternalServerError',
    503: 'InternalServerError',
    504: 'InternalServerError',
  },
  tooLong: 'BadRequestError',
  aborted: 'APIUserAbortError',
  inStream: { first: 'APIError', amid: 'APIError' },
  unreachable: 'APIConnectionError',
}
