import { describe, expect, it } from 'vitest'
import { openai } from '../../../src/provider/openai'
import { withoutBreakpoints } from '../../../src/provider/openai/breakpoints'
import { withShortIds } from '../../../src/provider/openai/call-ids'
import { mostTokens } from '../../../src/provider/openai/gpt'
import { call, chat, model } from '../requests'

/** What OpenAI's own API refuses and compatible upstreams may know. */

const messagesOf = (...messages: readonly Record<string, unknown>[]) => chat({ messages }).messages

describe('ids of tool calls', () => {
  const long = (letter: string) => letter.repeat(41)
  const talk = (...ids: readonly string[]) =>
    messagesOf(
      { role: 'user', content: 'A' },
      { role: 'assistant', content: null, tool_calls: ids.map(id => call(id, 'f')) },
      ...ids.map(id => ({ role: 'tool', tool_call_id: id, content: 'x' })),
    )

  it('of more than 40 characters are renamed on both sides, in the order in which they appear', () => {
    expect(withShortIds(talk(long('a'), 'short', long('b')))).toEqual(talk('call_renamed_0', 'short', 'call_renamed_1'))
  })

  it('of 40 characters stay, and then nothing is copied', () => {
    const messages = talk('a'.repeat(40))
    expect(withShortIds(messages)).toBe(messages)
  })

  it('keep their new names as the conversation grows', () => {
    const longer = withShortIds([...talk(long('a')), ...talk(long('b'))])
    expect(longer.slice(0, 3)).toEqual(withShortIds(talk(long('a'))))
  })
})

describe('cache breakpoints', () => {
  const MARK = { cache_control: { type: 'ephemeral' } }

  it.each(['system', 'user'])('are taken out of a %s message, of it and of its parts, and nothing else is', role => {
    const marked = messagesOf({ role, name: 'x', content: [{ type: 'text', text: 'A', ...MARK, other: 1 }], ...MARK })
    expect(withoutBreakpoints(marked)).toEqual(messagesOf({ role, name: 'x', content: [{ type: 'text', text: 'A', other: 1 }] }))
  })

  it('leave the caller’s own request as it was: another model may read it yet', () => {
    const marked = messagesOf({ role: 'user', content: [{ type: 'text', text: 'A', ...MARK }] })
    const before = structuredClone(marked)
    withoutBreakpoints(marked)
    expect(marked).toEqual(before)
  })

  it('are taken from tools, and go to a compatible upstream as they came', () => {
    const tool = { type: 'function', function: { name: 'f' } }
    const sentTo = (provider: 'openai' | 'openai-compatible') => {
      const sent = openai.request(chat({ tools: [{ ...tool, ...MARK }] }), model({ provider }), 'key')
      return sent.ok ? JSON.parse(sent.value.body).tools : sent.failure
    }
    expect(sentTo('openai')).toEqual([tool])
    expect(sentTo('openai-compatible')).toEqual([{ ...tool, ...MARK }])
  })
})

describe('the most that a model can write', () => {
  it.each([
    ['gpt-3.5-turbo-0125', 4096],
    ['gpt-4-turbo-2024-04-09', 4096],
    ['gpt-4o', 16_384],
    ['gpt-4o-mini-2024-07-18', 16_384],
    ['gpt-4o-2024-05-13', 4096],
    ['gpt-4.1-nano', 32_768],
    ['o3', 100_000],
    ['o4-mini-2025-04-16', 100_000],
    ['gpt-5-mini', 128_000],
    ['gpt-5.2', 128_000],
    ['gpt-5-chat-latest', 16_384],
    ['gpt-6', undefined],
    ['o5', undefined],
    ['llama-4', undefined],
  ])('of %s is %s', (name, tokens) => {
    expect(mostTokens(name)).toBe(tokens)
  })
})
