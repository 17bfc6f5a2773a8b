import { describe, expect, it } from 'vitest'
import { hashKeyOf } from '../../src/router/hash-key'
import { chat } from '../provider/requests'

const system = { role: 'system', content: 'Be brief.' }
const first = { role: 'user', content: 'Hello' }
const prefix = 'Be brief.\u0000Hello'

describe('the hash key', () => {
  it.each([
    ["the client's own", 'own', { prompt_cache_key: 'cache', user: 'user' }, 'own'],
    ["else the provider's cache key", undefined, { prompt_cache_key: 'cache', user: 'user' }, 'cache'],
    ['else the user', undefined, { user: 'user' }, 'user'],
    ['else the stable prefix', undefined, {}, prefix],
    ['where the others are null', undefined, { prompt_cache_key: null, user: null }, prefix],
    ['or empty: else all who send an empty one would share a model', '', { prompt_cache_key: '', user: '' }, prefix],
  ])('is %s', (_, own, fields, expected) => {
    expect(hashKeyOf(chat({ messages: [system, first], ...fields }), own)).toBe(expected)
  })

  it('stays the same while a conversation grows', () => {
    const answer = { role: 'assistant', content: 'Hi! How can I help?' }
    const next = { role: 'user', content: 'Tell me of Paris.' }
    expect(hashKeyOf(chat({ messages: [system, first, answer, next] }), undefined)).toBe(prefix)
  })

  it('tells conversations apart by their system message and by their first turn', () => {
    const keys = [
      [system, first],
      [{ role: 'developer', content: 'Be long.' }, first],
      [system, { role: 'user', content: 'Goodbye' }],
      [first],
      [{ role: 'user', content: 'Be brief.Hello' }],
    ].map(messages => hashKeyOf(chat({ messages }), undefined))
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('reads the text of parts, and is bounded however long the prompt is', () => {
    const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } }
    const parts = { role: 'user', content: [{ type: 'text', text: 'Hel' }, image, { type: 'text', text: 'lo' }] }
    expect(hashKeyOf(chat({ messages: [system, parts] }), undefined)).toBe(prefix)
    const long = { role: 'user', content: 'x'.repeat(1_000_000) }
    expect(hashKeyOf(chat({ messages: [long] }), undefined).length).toBe(1_000)
  })
})
