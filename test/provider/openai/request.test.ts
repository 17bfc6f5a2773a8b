import { describe, expect, it } from 'vitest'
import { openai } from '../../../src/provider/openai'
import { chat, model, weather } from '../requests'

const OPENAI = model({ provider: 'openai', name: 'gpt-5.2', baseUrl: 'https://api.openai.com/v1' })
const COMPATIBLE = model({ provider: 'openai-compatible', name: 'llama-4', baseUrl: 'http://localhost:11434/v1' })

function sent(fields: Record<string, unknown>, to = OPENAI, key: string | undefined = 'key-1') {
  const result = openai.request(chat(fields), to, key)
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  const body: Record<string, unknown> = JSON.parse(result.value.body)
  return { ...result.value, body }
}

describe('a request to a provider of the same dialect', () => {
  it('goes to its chat completions with its key and its own name for the model', () => {
    const { url, headers, body, dropped } = sent({ model: 'auto' })
    expect(url).toBe('https://api.openai.com/v1/chat/completions')
    expect(headers).toEqual({ 'content-type': 'application/json', authorization: 'Bearer key-1' })
    expect(body).toEqual({ model: 'gpt-5.2', messages: [{ role: 'user', content: 'Hi' }] })
    expect(dropped).toEqual([])
  })

  it('has no authorization where the upstream asks for no key, and the configured headers win in any spelling', () => {
    const result = openai.request(chat(), COMPATIBLE, undefined)
    expect(result.ok && result.value.headers).toEqual({ 'content-type': 'application/json' })
    const azure = model({ ...OPENAI, headers: { 'API-Key': 'k', Authorization: 'Basic x' } })
    expect(sent({}, azure).headers).toEqual({ 'content-type': 'application/json', authorization: 'Basic x', 'api-key': 'k' })
  })

  it.each([OPENAI, COMPATIBLE])('carries every field it does not know, as it came ($provider)', to => {
    const fields = {
      stream: true,
      stream_options: { include_usage: true, include_obfuscation: false },
      temperature: 0,
      n: 2,
      logprobs: true,
      top_logprobs: 5,
      logit_bias: { '50256': -100 },
      service_tier: 'flex',
      web_search_options: {},
      tools: [{ ...weather, custom: { deep: [1, null, 'x'] } }],
      tool_choice: 'auto',
      user: 'u',
      invented_tomorrow: { yes: [true] },
    }
    expect(sent(fields, to).body).toEqual({ ...fields, model: to.name, messages: [{ role: 'user', content: 'Hi' }] })
  })

  it('carries unknown fields of messages and parts as well', () => {
    const messages = [
      { role: 'user', name: 'ann', content: [{ type: 'text', text: 'Hi', unheard_of: { of: 1 } }] },
      { role: 'assistant', content: null, audio: { id: 'a' }, tool_calls: null },
      { role: 'tool', tool_call_id: 'c', content: 'sunny', extra: 1 },
    ]
    expect(sent({ messages }).body.messages).toEqual(messages)
  })

  it.each([
    // OpenAI refuses metadata without store on some models
    ['without store, it is left out and said so', { metadata: { project: 'x' } }, undefined, ['metadata']],
    ['with store false too', { metadata: { project: 'x' }, store: false }, undefined, ['metadata']],
    ['with store, it goes up', { metadata: { project: 'x' }, store: true }, { project: 'x' }, []],
    ['empty, there is nothing to say', { metadata: {} }, undefined, []],
    ['null, there is nothing to say', { metadata: null, store: true }, undefined, []],
  ])('metadata: %s', (_, fields, metadata, dropped) => {
    for (const to of [OPENAI, COMPATIBLE]) {
      expect(sent(fields, to).body.metadata).toEqual(metadata)
      expect(sent(fields, to).dropped).toEqual(dropped)
    }
  })

  it.each([
    ['max_tokens takes its newer name', { max_tokens: 5 }, { max_completion_tokens: 5 }],
    ['the newer name stays', { max_completion_tokens: 7 }, { max_completion_tokens: 7 }],
    ['of both the newer counts', { max_tokens: 5, max_completion_tokens: 7 }, { max_completion_tokens: 7 }],
    ['null is as good as absent', { max_tokens: null }, { max_tokens: null }],
  ])('to OpenAI itself, %s', (_, fields, expected) => {
    const { model: _model, messages: _messages, ...rest } = sent(fields).body
    expect(rest).toEqual(expected)
  })

  it('to a compatible upstream, which may know only the older name, limits go as they came', () => {
    const { max_tokens, max_completion_tokens } = sent({ max_tokens: 5, max_completion_tokens: 7 }, COMPATIBLE).body
    expect([max_tokens, max_completion_tokens]).toEqual([5, 7])
  })

  it('developer messages stay at OpenAI, and are system messages elsewhere', () => {
    const messages = [
      { role: 'developer', content: 'Be brief.', name: 'ops' },
      { role: 'user', content: 'Hi' },
    ]
    expect(sent({ messages }).body.messages).toEqual(messages)
    expect(sent({ messages }, COMPATIBLE).body.messages).toEqual([
      { role: 'system', content: 'Be brief.', name: 'ops' },
      { role: 'user', content: 'Hi' },
    ])
  })

  it('nested too deeply to be written again is the mistake of the caller, and no crash', () => {
    const depth = 100_000
    const nested: unknown = JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`)
    const result = openai.request({ ...chat(), invented: nested }, OPENAI, 'key')
    expect(!result.ok && result.failure).toMatchObject({ kind: 'rejected', upstream: { status: 400 } })
  })
})
