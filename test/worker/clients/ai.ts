/** Vercel's `ai`, over whichever of its providers speaks to the router. It does not know `x-should-retry`, hence `maxRetries: 0`. */
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import {
  APICallError,
  generateObject,
  generateText,
  isStepCount,
  type LanguageModel,
  Output,
  streamObject,
  streamText,
  tool,
} from 'ai'
import { type Answer, type Ask, type At, CityOf, type Client, type Library, Report, weatherIn } from './client'

type ModelOf = (name: string) => LanguageModel

interface Told {
  readonly text: string
  readonly finishReason: string
  readonly usage: { readonly inputTokens: number | undefined; readonly outputTokens: number | undefined }
}

const answerOf = ({ text, finishReason, usage }: Told): Answer => ({
  text,
  finish: finishReason,
  input: usage.inputTokens,
  output: usage.outputTokens,
})

/** It reports what goes wrong in a stream as a part of the stream, and an abort likewise. */
class Aborted extends Error {}

function connect(modelOf: ModelOf): Client {
  const callOf = ({ model, signal, headers }: Ask) => ({
    model: modelOf(model),
    maxRetries: 0,
    // Where it does not know a model it wants to hear this
    maxOutputTokens: 500,
    // Over Responses it would refer to what OpenAI has stored, and here nothing is
    providerOptions: { openai: { store: false } },
    ...(signal && { abortSignal: signal }),
    ...(headers && { headers: { ...headers } }),
  })
  const silently = { onError: () => {} }

  return {
    text: async ask =>
      answerOf(
        await generateText({ ...callOf(ask), prompt: ask.prompt, ...(ask.system !== undefined && { instructions: ask.system }) }),
      ),

    async stream(ask, onText) {
      const result = streamText({ ...callOf(ask), ...silently, prompt: ask.prompt })
      for await (const part of result.stream) {
        if (part.type === 'text-delta') onText(part.text)
        if (part.type === 'abort') throw new Aborted(part.reason)
        if (part.type === 'error') throw part.error
      }
      return answerOf({ text: await result.text, finishReason: await result.finishReason, usage: await result.usage })
    },

    async tools(ask, streamed) {
      const calls: { name: string; input: unknown }[] = []
      const weather = tool({
        description: 'The weather in a city',
        inputSchema: CityOf,
        execute: input => {
          calls.push({ name: 'weather', input })
          return weatherIn(input.city)
        },
      })
      const asked = { ...callOf(ask), prompt: ask.prompt, tools: { weather }, stopWhen: isStepCount(3) }
      if (!streamed) return { calls, pieces: 0, text: (await generateText(asked)).text }
      const result = streamText({ ...asked, ...silently })
      let pieces = 0
      for await (const part of result.stream) {
        if (part.type === 'tool-input-delta') pieces += 1
        if (part.type === 'error') throw part.error
      }
      return { calls, pieces, text: await result.text }
    },

    async structured(ask, streamed) {
      const asked = { ...callOf(ask), prompt: ask.prompt, output: Output.object({ schema: Report }) }
      return streamed ? streamText({ ...asked, ...silently }).output : (await generateText(asked)).output
    },

    async image(ask, base64) {
      const content = [
        { type: 'text' as const, text: ask.prompt },
        { type: 'image' as const, image: `data:image/png;base64,${base64}` },
      ]
      return answerOf(await generateText({ ...callOf(ask), messages: [{ role: 'user', content }] }))
    },
  }
}

/** Its older way to structured output, which much code still uses. */
export async function generatedObject(modelOf: ModelOf, ask: Ask, streamed: boolean): Promise<unknown> {
  const asked = { model: modelOf(ask.model), prompt: ask.prompt, schema: Report, maxRetries: 0 }
  if (!streamed) return (await generateObject(asked)).object
  const result = streamObject(asked)
  // The object comes to whoever reads the stream
  for await (const _ of result.partialObjectStream);
  return result.object
}

export const overChat =
  ({ url, key }: At): ModelOf =>
  name =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: key }).chat(name)
export const overResponses =
  ({ url, key }: At): ModelOf =>
  name =>
    createOpenAI({ baseURL: `${url}/v1`, apiKey: key })(name)
export const overMessages =
  ({ url, key }: At): ModelOf =>
  name =>
    createAnthropic({ baseURL: `${url}/v1`, apiKey: key })(name)

const kindOf = (error: unknown): string => {
  if (error instanceof Aborted) return 'abort part'
  if (!APICallError.isInstance(error)) return error instanceof Error ? error.name : String(error)
  return `${error.name}${error.isRetryable ? ', retryable' : ''}`
}

const library = (name: string, modelOf: (at: At) => ModelOf): Library => ({
  name,
  connect: at => connect(modelOf(at)),
  finish: { stop: 'stop', length: 'length' },
  kindOf,
  kinds: {
    400: 'AI_APICallError',
    401: 'AI_APICallError',
    404: 'AI_APICallError',
    413: 'AI_APICallError',
    429: 'AI_APICallError, retryable',
    502: 'AI_APICallError, retryable',
    503: 'AI_APICallError, retryable',
    504: 'AI_APICallError, retryable',
  },
  tooLong: 'AI_APICallError',
  aborted: 'abort part',
  inStream: { first: 'AI_APICallError, retryable', amid: 'AI_StreamProviderError' },
  unreachable: 'AI_APICallError, retryable',
})

export const aiOverChat = library('ai over @ai-sdk/openai, chat', overChat)
export const aiOverResponses = library('ai over @ai-sdk/openai, responses', overResponses)
export const aiOverMessages = library('ai over @ai-sdk/anthropic', overMessages)
