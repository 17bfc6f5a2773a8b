import { expect, describe as suite, test } from 'vitest'
import type { ChatRequest } from '../../src/chat'
import { read } from '../../src/context/text'

const chat = (...messages: ChatRequest['messages']): ChatRequest => ({ model: 'auto', messages })

suite('read', () => {
  test('tells the last user turn from earlier ones, the newest first, and from the system', () => {
    const reading = read(
      chat(
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'first' },
        { role: 'assistant', content: 'answer' },
        { role: 'user', content: 'second' },
        { role: 'assistant', content: 'answer' },
        { role: 'user', content: [{ type: 'text', text: 'third' }] },
      ),
    )
    expect(reading).toMatchObject({ last: 'third', earlier: 'second\nfirst', system: 'Be brief.', turns: 3, resumesTool: false })
  })

  test('keeps the beginning and the end of a long turn, and says how long it was', () => {
    const { last, lastCharacters } = read(chat({ role: 'user', content: `Begin ${'x'.repeat(50_000)} end.` }))
    expect(last.startsWith('Begin xxx')).toBe(true)
    expect(last.endsWith('xxx end.')).toBe(true)
    expect(last.length).toBe(1_800)
    expect(lastCharacters).toBe(50_011)
  })

  test('keeps both ends of a turn in many parts', () => {
    const parts = Array.from({ length: 5_000 }, (_, index) => ({ type: 'text' as const, text: `part ${index}` }))
    const { last } = read(chat({ role: 'user', content: parts }))
    expect(last.startsWith('part 0\npart 1\n')).toBe(true)
    expect(last.endsWith('\npart 4998\npart 4999')).toBe(true)
    expect(last.length).toBe(1_800)
  })

  test('never holds more than its budget, however many turns', () => {
    const turn = { role: 'user' as const, content: 'word '.repeat(100) }
    const reading = read(chat({ role: 'system', content: 'rule '.repeat(10_000) }, ...Array.from({ length: 2_000 }, () => turn)))
    expect(reading.last.length + reading.earlier.length + reading.system.length).toBeLessThanOrEqual(2_800)
    expect(reading.turns).toBe(2_000)
  })

  test('of many earlier turns keeps the newest, and how the first one begins', () => {
    const turns = Array.from({ length: 50 }, (_, index) => ({
      role: 'user' as const,
      content: `turn ${index} ${'x'.repeat(90)}`,
    }))
    const { earlier } = read(chat(...turns))
    expect(earlier.startsWith('turn 48 xxx')).toBe(true)
    expect(earlier).toContain('\nturn 0 xxx')
    expect(earlier.length).toBeLessThanOrEqual(600)
  })

  test('names every kind of input once, in a fixed order', () => {
    const { modalities } = read(
      chat(
        { role: 'user', content: [{ type: 'file' }, { type: 'image_url', image_url: { url: 'data:' } }] },
        { role: 'user', content: [{ type: 'input_audio' }, { type: 'text', text: 'and this' }, { type: 'file' }] },
      ),
    )
    expect(modalities).toEqual(['text', 'image', 'audio', 'document'])
  })

  test('a picture without a word is no text', () => {
    expect(read(chat({ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] })).modalities).toEqual([
      'image',
    ])
  })

  test('sees that the model is to go on after a tool', () => {
    const messages: ChatRequest['messages'] = [
      { role: 'user', content: 'weather?' },
      { role: 'assistant', tool_calls: [{ id: '1', type: 'function', function: { name: 'weather', arguments: '{}' } }] },
      { role: 'tool', tool_call_id: '1', content: 'rain' },
    ]
    expect(read(chat(...messages))).toMatchObject({ last: 'weather?', resumesTool: true })
  })

  test('a conversation without a user has no last turn', () => {
    expect(read(chat({ role: 'system', content: 'Be brief.' }))).toMatchObject({ last: '', turns: 0, system: 'Be brief.' })
  })
})
