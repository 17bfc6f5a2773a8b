import { describe, expect, it } from 'vitest'
import { boundTo } from '../../src/router/bound'
import { call, chat } from '../provider/requests'

const text = { type: 'text', text: 'What is in it?' }
const file = (fields: Record<string, unknown>) => ({ type: 'file', file: fields })
const asked = (...content: readonly unknown[]) => chat({ messages: [{ role: 'user', content }] })

describe('a conversation is bound', () => {
  it('to OpenAI by a file that was uploaded there, wherever it stands', () => {
    expect(boundTo(asked(text, file({ file_id: 'file-abc' })))).toEqual({
      dialect: 'openai',
      field: 'messages[0].content[1].file.file_id',
    })
    const later = chat({
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        { role: 'user', content: [file({ file_id: 'file-abc' })] },
      ],
    })
    expect(boundTo(later)?.field).toBe('messages[2].content[0].file.file_id')
  })

  it.each<[string, ReturnType<typeof chat>]>([
    ['words', chat()],
    ['parts of text', asked(text)],
    ['a picture', asked({ type: 'image_url', image_url: { url: 'https://pictures.example/a.png' } })],
    ['a file that travels with it', asked(file({ file_data: 'data:application/pdf;base64,AAAA', filename: 'a.pdf' }))],
    ['a file without anything', asked({ type: 'file' })],
    ['an id that is no text', asked(file({ file_id: 7 }))],
    [
      'what was signed or encrypted: that can be left out',
      chat({
        messages: [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: null,
            reasoning_content: 'Hm.',
            tool_calls: [call('c', 'f', '{}', { extra_content: {} })],
          },
          { role: 'tool', tool_call_id: 'c', content: 'x' },
        ],
      }),
    ],
  ])('to nobody by %s', (_, request) => {
    expect(boundTo(request)).toBeUndefined()
  })
})
