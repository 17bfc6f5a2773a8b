/** `openai`, over Responses. */
import OpenAI from 'openai'
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod'
import { toResponseInputItems } from 'openai/lib/responses/ResponseInputItems'
import type { ParsedResponse, Response, ResponseInput } from 'openai/resources/responses/responses'
import { type Answer, type Ask, CityOf, type Client, type Library, Report, weatherIn } from './client'
import { openai } from './openai'

const optionsOf = ({ signal, headers }: Ask) => ({ ...(signal && { signal }), ...(headers && { headers }) })

const answerOf = <T>({ output_text, status, incomplete_details, usage }: Response | ParsedResponse<T>): Answer => ({
  text: output_text,
  finish: incomplete_details?.reason ?? status,
  input: usage?.input_tokens,
  output: usage?.output_tokens,
})

function connect({ responses, models }: OpenAI): Client {
  return {
    text: async ask => {
      const { model, prompt, system } = ask
      return answerOf(
        await responses.create({ model, input: prompt, ...(system !== undefined && { instructions: system }) }, optionsOf(ask)),
      )
    },

    async stream(ask, onText) {
      const stream = responses.stream({ model: ask.model, input: ask.prompt }, optionsOf(ask))
      stream.on('response.output_text.delta', ({ delta }) => onText(delta))
      return answerOf(await stream.finalResponse())
    },

    async tools(ask, streamed) {
      const calls: { name: string; input: unknown }[] = []
      const tools = [zodResponsesFunction({ name: 'weather', parameters: CityOf, function: ({ city }) => weatherIn(city) })]
      const input: ResponseInput = [{ role: 'user', content: ask.prompt }]
      let pieces = 0
      const next = async () => {
        const body = { model: ask.model, input, tools }
        if (!streamed) return responses.parse(body, optionsOf(ask))
        const stream = responses.stream(body, optionsOf(ask))
        stream.on('response.function_call_arguments.delta', () => {
          pieces += 1
        })
        return stream.finalResponse()
      }
      for (let turns = 0; turns < 3; turns += 1) {
        const { output, output_text } = await next()
        const called = output.filter(item => item.type === 'function_call')
        if (called.length === 0) return { calls, pieces, text: output_text }
        input.push(...toResponseInputItems(output))
        for (const { name, call_id, parsed_arguments } of called) {
          const parsed = CityOf.parse(parsed_arguments)
          calls.push({ name, input: parsed })
          input.push({ type: 'function_call_output', call_id, output: weatherIn(parsed.city) })
        }
      }
      throw new Error('it goes on calling tools')
    },

    async structured(ask, streamed) {
      const body = { model: ask.model, input: ask.prompt, text: { format: zodTextFormat(Report, 'report') } }
      const response = await (streamed
        ? responses.stream(body, optionsOf(ask)).finalResponse()
        : responses.parse(body, optionsOf(ask)))
      return response.output_parsed
    },

    async image(ask, base64) {
      const image = { type: 'input_image' as const, image_url: `data:image/png;base64,${base64}`, detail: 'auto' as const }
      const content = [{ type: 'input_text' as const, text: ask.prompt }, image]
      return answerOf(await responses.create({ model: ask.model, input: [{ role: 'user', content }] }, optionsOf(ask)))
    },

    models: async () => {
      const names: string[] = []
      for await (const { id } of models.list()) names.push(id)
      return names
    },
  }
}

export const openaiResponses: Library = {
  ...openai,
  name: 'openai, responses',
  connect: ({ url, key, retries }) =>
    connect(new OpenAI({ baseURL: `${url}/v1`, apiKey: key, ...(retries !== undefined && { maxRetries: retries }) })),
  finish: { stop: 'completed', length: 'max_output_tokens' },
}
