/** `@anthropic-ai/sdk`, over Messages. */
import Anthropic from '@anthropic-ai/sdk'
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod'
import type { Message, MessageParam } from '@anthropic-ai/sdk/resources/messages'
import { type Answer, type Ask, CityOf, type Client, type Library, Report, weatherIn } from './client'

const turn = (content: string): MessageParam[] => [{ role: 'user', content }]
const bodyOf = ({ model, prompt, system }: Ask) => ({
  model,
  max_tokens: 500,
  messages: turn(prompt),
  ...(system !== undefined && { system }),
})
const optionsOf = ({ signal, headers }: Ask) => ({ ...(signal && { signal }), ...(headers && { headers }) })

const textOf = (content: readonly { readonly type: string; readonly text?: string }[]): string =>
  content.map(block => (block.type === 'text' ? block.text : '')).join('')

const answerOf = ({ content, stop_reason, usage }: Message): Answer => ({
  text: textOf(content),
  finish: stop_reason,
  input: usage.input_tokens,
  output: usage.output_tokens,
})

function connect({ messages, beta, models }: Anthropic): Client {
  return {
    text: async ask => answerOf(await messages.create(bodyOf(ask), optionsOf(ask))),

    async stream(ask, onText) {
      const stream = messages.stream(bodyOf(ask), optionsOf(ask))
      stream.on('text', onText)
      return answerOf(await stream.finalMessage())
    },

    async tools(ask, streamed) {
      const calls: { name: string; input: unknown }[] = []
      const weather = betaZodTool({
        name: 'weather',
        description: 'The weather in a city',
        inputSchema: CityOf,
        run: input => {
          calls.push({ name: 'weather', input })
          return weatherIn(input.city)
        },
      })
      const body = { ...bodyOf(ask), tools: [weather] }
      if (!streamed) return { calls, pieces: 0, text: textOf((await beta.messages.toolRunner(body, optionsOf(ask))).content) }
      let pieces = 0
      const runner = beta.messages.toolRunner({ ...body, stream: true }, optionsOf(ask))
      for await (const stream of runner) {
        for await (const event of stream) {
          if (event.type === 'content_block_delta' && event.delta.type === 'input_json_delta') pieces += 1
        }
      }
      return { calls, pieces, text: textOf((await runner.done()).content) }
    },

    async structured(ask, streamed) {
      const body = { ...bodyOf(ask), output_config: { format: zodOutputFormat(Report) } }
      const message = await (streamed
        ? messages.stream(body, optionsOf(ask)).finalMessage()
        : messages.parse(body, optionsOf(ask)))
      return message.parsed_output
    },

    async image(ask, base64) {
      const source = { type: 'base64' as const, media_type: 'image/png' as const, data: base64 }
      const content = [
        { type: 'image' as const, source },
        { type: 'text' as const, text: ask.prompt },
      ]
      return answerOf(await messages.create({ ...bodyOf(ask), messages: [{ role: 'user', content }] }, optionsOf(ask)))
    },

    models: async () => {
      const names: string[] = []
      for await (const { id } of models.list()) names.push(id)
      return names
    },
  }
}

export const anthropic: Library = {
  name: '@anthropic-ai/sdk',
  connect: ({ url, key, retries }) =>
    connect(new Anthropic({ baseURL: url, apiKey: key, ...(retries !== undefined && { maxRetries: retries }) })),
  finish: { stop: 'end_turn', length: 'max_tokens' },
  kindOf: error => (error instanceof Anthropic.APIError ? `${error.constructor.name} ${error.type ?? ''}`.trim() : String(error)),
  kinds: {
    400: 'BadRequestError invalid_request_error',
    401: 'AuthenticationError authentication_error',
    404: 'NotFoundError not_found_error',
    413: 'ContentTooLargeError request_too_large',
    429: 'RateLimitError rate_limit_error',
    502: 'InternalServerError api_error',
    503: 'ServiceUnavailableError overloaded_error',
    504: 'GatewayTimeoutError timeout_error',
  },
  tooLong: 'BadRequestError invalid_request_error',
  aborted: 'APIUserAbortError',
  inStream: { first: 'APIError overloaded_error', amid: 'APIError api_error' },
  unreachable: 'APIConnectionError',
}
