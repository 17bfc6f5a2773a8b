import { expect, describe as suite, test } from 'vitest'
import type { ChatRequest } from '../../src/chat'
import { describe } from '../../src/context/describe'
import type { Task } from '../../src/context/features'

const of = (content: string, rest: Partial<ChatRequest> = {}) =>
  describe({ model: 'auto', messages: [{ role: 'user', content }], ...rest }).task
const tools: NonNullable<ChatRequest['tools']> = [{ type: 'function', function: { name: 'weather' } }]

suite('task', () => {
  const CASES: readonly (readonly [Task, string])[] = [
    ['question', 'Why do cats purr?'],
    ['question', 'Wie viele Einwohner hat Wien?'],
    ['question', '光速是多少？'],
    ['generate', 'Write a story about a lighthouse'],
    ['generate', 'Rédige une lettre de motivation'],
    ['generate', '写一首关于秋天的诗'],
    ['transform', 'Translate this sentence into Polish'],
    ['transform', 'Resume el siguiente texto'],
    ['extract', 'Extract all dates from the text below'],
    ['extract', 'Extrahiere alle Namen und Daten aus dem folgenden Text'],
    ['converse', 'Hi, how are you?'],
    ['converse', '谢谢，再见'],
  ]
  test.each(CASES)('%s: %s', (task, prompt) => {
    expect(of(prompt).value).toBe(task)
  })

  test('abstains where nothing speaks', () => {
    expect(of('xqzv').value).toBeUndefined()
  })

  test('a request that must call a tool is tool use, whatever it says', () => {
    expect(of('Write a story', { tools, tool_choice: 'required' })).toEqual({ value: 'tool_use', confidence: 0.95 })
    expect(of('Write a story', { tools, tool_choice: { type: 'function', function: { name: 'weather' } } }).value).toBe(
      'tool_use',
    )
  })

  test('so is one that goes on after a tool', () => {
    const messages: ChatRequest['messages'] = [
      { role: 'user', content: 'Write a story' },
      { role: 'tool', tool_call_id: '1', content: 'rain' },
    ]
    expect(of('', { tools, messages }).value).toBe('tool_use')
  })

  test('tools that are only offered decide where little else speaks', () => {
    expect(of('xqzv', { tools }).value).toBe('tool_use')
    expect(of('Write a story about a lighthouse', { tools }).value).toBe('generate')
  })

  test('tools that may not be called do not count', () => {
    expect(of('xqzv', { tools, tool_choice: 'none' }).value).toBeUndefined()
  })
})
