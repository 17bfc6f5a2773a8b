import { describe, expect, it } from 'vitest'
import type { ChatMessage } from '../../../src/chat'
import { openai } from '../../../src/provider/openai'
import { withoutForeignState } from '../../../src/provider/openai/carried'
import { call, chat, model } from '../requests'

const messagesOf = (...messages: readonly Record<string, unknown>[]): ChatMessage[] => chat({ messages }).messages
const user = { role: 'user', content: 'Hi' }
const FOREIGN = ['reasoning_content', 'reasoning', 'reasoning_details', 'thinking_blocks', 'extra_content']

describe('what another provider left for itself', () => {
  it.each(FOREIGN)('is left out of an answer, and nothing else is (%s)', field => {
    const messages = messagesOf(user, { role: 'assistant', content: 'Hello', name: 'x', [field]: [{ sealed: true }] })
    expect(withoutForeignState(messages)).toEqual(messagesOf(user, { role: 'assistant', content: 'Hello', name: 'x' }))
  })

  it.each(FOREIGN)('is left out of a tool call (%s)', field => {
    const plain = call('call_1', 'f')
    const messages = messagesOf(user, {
      role: 'assistant',
      content: null,
      tool_calls: [plain, call('call_2', 'g', '{}', { [field]: 1 })],
    })
    const [, answer] = withoutForeignState(messages)
    expect(answer).toEqual({ role: 'assistant', content: null, tool_calls: [plain, call('call_2', 'g')] })
  })

  it('is left out even where it is null: OpenAI refuses the name', () => {
    const [message] = withoutForeignState(messagesOf({ role: 'assistant', content: 'Hello', reasoning_content: null }))
    expect(message).toEqual({ role: 'assistant', content: 'Hello' })
  })

  it('stays where the caller put it on a turn that is not an answer', () => {
    const messages = messagesOf({ ...user, extra_content: 1 }, { role: 'tool', tool_call_id: 'c', content: 'x', reasoning: 1 })
    expect(withoutForeignState(messages)).toBe(messages)
  })

  it('is not in most conversations, and then nothing is copied', () => {
    const messages = messagesOf(user, { role: 'assistant', content: 'Hello', tool_calls: null })
    expect(withoutForeignState(messages)).toBe(messages)
  })

  it("leaves the caller's own request as it was: another model may read it yet", () => {
    const messages = messagesOf({ role: 'assistant', tool_calls: [call('c', 'f', '{}', { extra_content: 1 })], reasoning: 'Hm.' })
    const before = structuredClone(messages)
    withoutForeignState(messages)
    expect(messages).toEqual(before)
  })

  it('does not go to OpenAI, while a compatible upstream may understand it', () => {
    const request = chat({ messages: [user, { role: 'assistant', content: 'Hello', reasoning_content: 'Hm.' }] })
    const bodyFor = (provider: 'openai' | 'openai-compatible') => {
      const sent = openai.request(request, model({ provider }), 'key')
      return sent.ok ? sent.value.body : sent.failure.kind
    }
    expect(bodyFor('openai')).not.toContain('reasoning_content')
    expect(bodyFor('openai-compatible')).toContain('"reasoning_content":"Hm."')
  })
})
