import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { type ChatRequest, ChatRequestSchema } from '../../src/chat'
import type { ProviderName } from '../../src/model'
import { MessagesSchema, readMessages } from '../../src/provider/anthropic/caller'
import { dialects } from '../../src/provider/dialects'
import { openaiResponses } from '../../src/provider/openai/responses'
import { ResponsesSchema, readResponses } from '../../src/provider/openai/responses/caller'
import { model } from '../provider/requests'
import type { Dialect } from './feature'
import { saidToGemini } from './gemini'
import { type Said, saidBy } from './said'

/**
 * A request that every dialect can say comes through every translation with all that it said: from Chat Completions to each provider, and the way of a
 * Messages or Responses caller, whose request is first written as the provider's own and then read as the caller's.
 */

const NAMES: Readonly<Record<ProviderName, string>> = {
  openai: 'gpt-5.2',
  'openai-compatible': 'llama-4',
  // Takes a temperature, a forced tool and several stop sequences alike
  anthropic: 'claude-sonnet-4-5',
  google: 'gemini-2.5-flash',
}

function bodyTo(provider: ProviderName, chat: ChatRequest): { readonly body: unknown; readonly dropped: readonly string[] } {
  const sent = dialects[provider].request(chat, model({ provider, name: NAMES[provider] }), 'key')
  if (!sent.ok) throw new Error(`${provider}: ${JSON.stringify(sent.failure)}`)
  return { body: JSON.parse(sent.value.body), dropped: sent.value.dropped }
}

/** As a server of the dialect would understand it. */
const READERS: Readonly<Record<Dialect, (body: unknown) => Said>> = {
  openai: body => saidBy(v.parse(ChatRequestSchema, body)),
  anthropic: body => saidBy(chatOfMessages(body)),
  google: saidToGemini,
}

function chatOfMessages(body: unknown): ChatRequest {
  const read = readMessages(v.parse(MessagesSchema, body))
  if (!read.ok) throw new Error(JSON.stringify(read.failure))
  expect([read.value.binding, read.value.lost]).toEqual([undefined, []])
  return read.value.chat
}

/** As OpenAI's own API would be asked for it. */
function responseOf(chat: ChatRequest): unknown {
  const sent = openaiResponses.request(chat, model({ provider: 'openai', name: NAMES.openai }), 'key')
  if (!sent.ok) throw new Error(JSON.stringify(sent.failure))
  expect(sent.value.dropped).toEqual([])
  return JSON.parse(sent.value.body)
}

function chatOfResponses(body: unknown): ChatRequest {
  const read = readResponses(v.parse(ResponsesSchema, body))
  if (!read.ok) throw new Error(JSON.stringify(read.failure))
  expect([read.value.binding, read.value.lost]).toEqual([undefined, []])
  return read.value.chat
}

// Words that no dialect trims: what is blank at an end may go
const words = fc.stringMatching(/^[A-Za-zÄß語🙂][A-Za-zÄß語🙂 \n"\\{}]{0,12}[A-Za-zÄß語🙂]$/u)
const png = fc.base64String({ minLength: 4, maxLength: 12 }).map(data => `data:image/png;base64,${data}`)
const json = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    words,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), tie('value'), { maxKeys: 3 }),
  ),
})).value
const args = fc.dictionary(fc.stringMatching(/^[a-z]{1,6}$/), json, { maxKeys: 4 })
const name = fc.constantFrom('weather', 'time_of-day', 'search')

const userMessage = fc
  .oneof(
    words,
    fc.array(
      fc.oneof(
        words.map(text => ({ type: 'text' as const, text })),
        png.map(url => ({ type: 'image_url' as const, image_url: { url } })),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  )
  .map(content => ({ role: 'user' as const, content }))

/** Calls and their results in any order, or words; then the user goes on. */
const exchange = (at: number) =>
  fc
    .record({
      text: fc.option(words, { nil: null }),
      calls: fc.array(
        fc.record({
          name,
          args,
          result: fc.oneof(
            words,
            args.map(value => JSON.stringify(value)),
          ),
        }),
        { maxLength: 3 },
      ),
      order: fc.infiniteStream(fc.nat(1000)),
      next: fc.array(userMessage, { minLength: 1, maxLength: 2 }),
    })
    .map(({ text, calls, order, next }) => {
      if (calls.length === 0) return [{ role: 'assistant' as const, content: text ?? 'Yes.' }, ...next]
      const made = calls.map(({ name, args }, index) => ({
        id: `call_${at}_${index}`,
        type: 'function' as const,
        function: { name, arguments: JSON.stringify(args) },
      }))
      const results = calls.map(({ result }, index) => ({
        key: order.next().value ?? 0,
        message: { role: 'tool' as const, tool_call_id: `call_${at}_${index}`, content: result },
      }))
      const shuffled = results.toSorted((a, b) => a.key - b.key).map(({ message }) => message)
      return [{ role: 'assistant' as const, content: text, tool_calls: made }, ...shuffled, ...next]
    })

const tools = fc.uniqueArray(name, { minLength: 1, maxLength: 3 }).chain(names =>
  fc.tuple(
    ...names.map(chosen =>
      fc
        .record({ description: fc.option(words, { nil: undefined }), property: fc.stringMatching(/^[a-z]{1,6}$/) })
        .map(({ description, property }) => ({
          type: 'function' as const,
          function: {
            name: chosen,
            ...(description !== undefined && { description }),
            parameters: { type: 'object', properties: { [property]: { type: 'string' } }, required: [property] },
          },
        })),
    ),
  ),
)

const requests: fc.Arbitrary<ChatRequest> = fc
  .record({
    system: fc.array(words, { maxLength: 2 }),
    opening: fc.array(userMessage, { minLength: 1, maxLength: 2 }),
    exchanges: fc.tuple(...[0, 1, 2].map(at => fc.option(exchange(at), { nil: [] }))),
    tools: fc.option(tools, { nil: undefined }),
    choice: fc.constantFrom('none', 'auto', 'required', 'named', undefined),
    max: fc.option(fc.integer({ min: 1, max: 8_000 }), { nil: undefined }),
    stop: fc.array(words, { maxLength: 4 }),
    temperature: fc.option(fc.constantFrom(0, 0.25, 1), { nil: undefined }),
  })
  .map(({ system, opening, exchanges, tools, choice, max, stop, temperature }) =>
    v.parse(ChatRequestSchema, {
      model: 'auto',
      messages: [...system.map(content => ({ role: 'system', content })), ...opening, ...exchanges.flat()],
      ...(tools !== undefined && { tools }),
      ...(tools !== undefined &&
        choice !== undefined && {
          tool_choice: choice === 'named' ? { type: 'function', function: { name: tools[0]?.function.name } } : choice,
        }),
      ...(max !== undefined && { max_completion_tokens: max }),
      ...(stop.length > 0 && { stop }),
      ...(temperature !== undefined && { temperature }),
    }),
  )

const options = { seed: 20_261_124, numRuns: 100 }

/** What a provider adds of its own accord and is no part of what was said. */
function asSent(said: Said, chat: ChatRequest, dialect: Dialect): Said {
  // Anthropic demands a limit, and wants the tools of the past declared
  const limit = dialect === 'anthropic' && saidBy(chat).limit === undefined ? undefined : said.limit
  const isOfThePast = dialect === 'anthropic' && (chat.tools ?? []).length === 0
  return { ...said, limit, ...(isOfThePast && { tools: [], choice: undefined }) }
}

const PROVIDERS = ['openai', 'openai-compatible', 'anthropic', 'google'] as const
const dialectOf = (provider: ProviderName): Dialect => (provider === 'openai-compatible' ? 'openai' : provider)

describe.each(PROVIDERS)('a request that every dialect can say reaches %s', provider => {
  const dialect = dialectOf(provider)

  it('whole, from Chat Completions', () => {
    fc.assert(
      fc.property(requests, chat => {
        const { body, dropped } = bodyTo(provider, chat)
        expect(dropped).toEqual([])
        expect(asSent(READERS[dialect](body), chat, dialect)).toEqual(saidBy(chat))
      }),
      options,
    )
  })

  it('whole, from Responses', () => {
    fc.assert(
      fc.property(requests, asked => {
        // Of all that can be said, Responses have no word for these
        const { stop: _, ...sayable } = asked
        const chat = chatOfResponses(responseOf(sayable))
        const { body, dropped } = bodyTo(provider, chat)
        expect(dropped).toEqual([])
        expect(asSent(READERS[dialect](body), sayable, dialect)).toEqual(saidBy(sayable))
      }),
      options,
    )
  })

  it('whole, from Messages', () => {
    fc.assert(
      fc.property(requests, asked => {
        const chat = chatOfMessages(bodyTo('anthropic', asked).body)
        const { body, dropped } = bodyTo(provider, chat)
        expect(dropped).toEqual([])
        expect(asSent(READERS[dialect](body), asked, 'anthropic')).toEqual(saidBy(asked))
      }),
      options,
    )
  })
})
