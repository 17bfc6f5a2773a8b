import { describe, expect, it } from 'vitest'
import { chatWithBeta, withBeta } from '../../../src/provider/openai/beta'
import { request } from '../../../src/provider/openai/request'
import { chat, model } from '../requests'

const GPT = model({ provider: 'openai', name: 'gpt-5.2' })
const asked = chat({ temperature: 1 })
const headersTo = (to: typeof GPT, beta = 'one=v1') => {
  const sent = chatWithBeta(asked, beta).request(to, 'key')
  return sent.ok ? sent.value.headers : sent.failure
}

describe('a beta that the caller names', () => {
  it('goes to OpenAI, and the request is otherwise what it is without', () => {
    const without = request(asked, GPT, 'key')
    if (!without.ok) throw new Error('it cannot be sent')
    const sent = chatWithBeta(asked, 'one=v1,two=v2').request(GPT, 'key')
    expect(sent).toEqual({
      ok: true,
      value: { ...without.value, headers: { ...without.value.headers, 'openai-beta': 'one=v1,two=v2' } },
    })
  })

  it('goes to no compatible upstream', () => {
    expect(headersTo(model({ provider: 'openai-compatible', name: 'llama-4' }))).not.toHaveProperty('openai-beta')
  })

  it('gives way to what the configuration sets, however that is written', () => {
    expect(headersTo(model({ ...GPT, headers: { 'OpenAI-Beta': 'ours=v1' } }))).toMatchObject({ 'openai-beta': 'ours=v1' })
  })

  it('binds a request to nobody', () => {
    const { dialect, lost, binding } = chatWithBeta(asked, 'one=v1')
    expect([dialect, lost, binding]).toEqual(['openai', [], undefined])
  })
})

it('without a beta there is no header', () => {
  const upstream = { url: 'u', headers: { a: 'b' }, body: '{}', dropped: [] }
  expect(withBeta(upstream, undefined)).toEqual(upstream)
})
