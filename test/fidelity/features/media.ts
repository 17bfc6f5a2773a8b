/** Images, documents, sound. */
import { chat, dropped, elsewhere, likeChat, messages, native, type RequestRow, refused, responses, yes } from '../feature'

const user = (...content: readonly object[]) => ({ messages: [{ role: 'user', content }] })
const contents = (...parts: readonly object[]) => ({ contents: [{ role: 'user', parts }] })
const url = (address: string, rest: object = {}) => ({ type: 'image_url', image_url: { url: address, ...rest } })
const block = (type: string, source: object, rest: object = {}) => ({ type, source, ...rest })
const file = (what: object) => ({ type: 'file', file: what })

/** Of a request for a response. */
const input = (...content: readonly object[]) => ({ input: [{ role: 'user', content }] })

const PIXEL = 'data:image/png;base64,AAAA'
const HTTPS = 'https://example.com/cat.png'
const PDF = 'data:application/pdf;base64,AAAA'
const PDF_AT = 'https://example.com/paper.pdf'

export const MEDIA: readonly RequestRow[] = [
  {
    name: 'image in the request (data URL, base64)',
    on: {
      chat: chat(user(url(PIXEL)), {
        anthropic: yes(user(block('image', { type: 'base64', media_type: 'image/png', data: 'AAAA' }))),
        google: yes(contents({ inlineData: { mimeType: 'image/png', data: 'AAAA' } })),
      }),
      messages: messages(user(block('image', { type: 'base64', media_type: 'image/png', data: 'AAAA' })), {
        openai: yes(user(url(PIXEL))),
        google: yes(contents({ inlineData: { mimeType: 'image/png', data: 'AAAA' } })),
      }),
      responses: likeChat(input({ type: 'input_image', image_url: PIXEL, detail: 'auto' })),
    },
  },
  {
    name: 'image at an address',
    on: {
      chat: chat(user(url(HTTPS)), {
        anthropic: yes(user(block('image', { type: 'url', url: HTTPS }))),
        google: yes(contents({ fileData: { fileUri: HTTPS, mimeType: 'image/png' } })),
      }),
      messages: messages(user(block('image', { type: 'url', url: HTTPS })), {
        openai: yes(user(url(HTTPS))),
        google: yes(contents({ fileData: { fileUri: HTTPS, mimeType: 'image/png' } })),
      }),
      responses: likeChat(input({ type: 'input_image', image_url: HTTPS, detail: 'auto' })),
    },
  },
  {
    name: 'image at an address without https, or that does not show its type',
    on: {
      chat: chat(user(url('http://example.com/cat')), {
        anthropic: refused('messages[0].content[0].image_url.url'),
        google: refused('messages[0].content[0].image_url.url'),
      }),
      messages: 'as above',
      responses: likeChat(input({ type: 'input_image', image_url: 'http://example.com/cat' }), {
        anthropic: refused('input'),
        google: refused('input'),
      }),
    },
  },
  {
    name: "an image's `detail`",
    on: {
      chat: chat(user(url(PIXEL, { detail: 'high' })), {
        anthropic: dropped('messages[].content[].image_url.detail', {
          sends: user(block('image', { type: 'base64', media_type: 'image/png', data: 'AAAA' })),
        }),
        google: dropped('messages[].content[].image_url.detail', {
          sends: contents({ inlineData: { mimeType: 'image/png', data: 'AAAA' } }),
        }),
      }),
      messages: 'there is none',
      responses: likeChat(input({ type: 'input_image', image_url: PIXEL, detail: 'high' }), {
        anthropic: dropped('input[].content[].detail', {
          sends: user(block('image', { type: 'base64', media_type: 'image/png', data: 'AAAA' })),
        }),
        google: dropped('input[].content[].detail', {
          sends: contents({ inlineData: { mimeType: 'image/png', data: 'AAAA' } }),
        }),
      }),
    },
  },
  {
    name: 'PDF in the request',
    on: {
      chat: chat(user(file({ filename: 'paper.pdf', file_data: PDF })), {
        anthropic: yes(
          user(block('document', { type: 'base64', media_type: 'application/pdf', data: 'AAAA' }, { title: 'paper.pdf' })),
        ),
        google: yes(contents({ inlineData: { mimeType: 'application/pdf', data: 'AAAA' } })),
      }),
      messages: messages(
        user(block('document', { type: 'base64', media_type: 'application/pdf', data: 'AAAA' }, { title: 'paper.pdf' })),
        {
          openai: yes(user(file({ filename: 'paper.pdf', file_data: PDF }))),
          google: yes(contents({ inlineData: { mimeType: 'application/pdf', data: 'AAAA' } })),
        },
      ),
      responses: likeChat(input({ type: 'input_file', filename: 'paper.pdf', file_data: PDF })),
    },
  },
  {
    name: 'PDF at an address',
    on: {
      chat: chat(user(file({ file_data: PDF_AT })), {
        openai: native({ note: 'OpenAI itself takes none in a chat and says so.' }),
        anthropic: yes(user(block('document', { type: 'url', url: PDF_AT }))),
        google: yes(contents({ fileData: { fileUri: PDF_AT, mimeType: 'application/pdf' } })),
      }),
      messages: messages(user(block('document', { type: 'url', url: PDF_AT })), {
        openai: refused('messages[0].content[0].source (url)'),
        google: refused('messages[0].content[0].source (url)'),
      }),
      responses: likeChat(input({ type: 'input_file', file_url: PDF_AT }), {
        'openai-compatible': yes(user(file({ file_data: PDF_AT })), {
          note: 'Chat completions have no field for it; servers that take addresses take them in place of the data.',
        }),
      }),
    },
  },
  {
    name: 'uploaded file, by its id',
    on: {
      chat: chat(user(file({ file_id: 'file-1' })), {
        anthropic: refused('messages[0].content[0].file.file_id', 'Only the provider that holds it can read it.'),
        google: refused('messages[0].content[0].file.file_id', 'Only the provider that holds it can read it.'),
      }),
      messages: messages(user(block('document', { type: 'file', file_id: 'file_1' })), {
        openai: refused('messages[0].content[0].source (file)', 'Only the provider that holds it can read it.'),
        google: refused('messages[0].content[0].source (file)', 'Only the provider that holds it can read it.'),
      }),
      responses: likeChat(input({ type: 'input_file', file_id: 'file-1' }), {
        anthropic: refused('input', 'Only the provider that holds it can read it.'),
        google: refused('input', 'Only the provider that holds it can read it.'),
      }),
    },
  },
  {
    name: 'uploaded image, by its id',
    on: {
      chat: 'there is none',
      messages: 'as a file above',
      responses: responses(
        input({ type: 'input_image', file_id: 'file-1', detail: 'auto' }),
        elsewhere(refused('input[0].content[0].file_id', 'Only the provider that holds it can read it.')),
      ),
    },
  },
  {
    name: 'how closely to look at a file (`detail`)',
    on: {
      chat: 'there is none',
      messages: 'there is none',
      responses: responses(input({ type: 'input_file', filename: 'paper.pdf', file_data: PDF, detail: 'low' }), {
        'openai-compatible': dropped('input[].content[].detail', {
          sends: user(file({ filename: 'paper.pdf', file_data: PDF })),
        }),
        anthropic: dropped('input[].content[].detail', {
          sends: user(block('document', { type: 'base64', media_type: 'application/pdf', data: 'AAAA' }, { title: 'paper.pdf' })),
        }),
        google: dropped('input[].content[].detail', {
          sends: contents({ inlineData: { mimeType: 'application/pdf', data: 'AAAA' } }),
        }),
      }),
    },
  },
  {
    name: 'document of plain text',
    on: {
      chat: chat(user(file({ filename: 'notes.txt', file_data: 'data:text/plain;base64,SGVsbG8=' })), {
        anthropic: yes(
          user(block('document', { type: 'text', media_type: 'text/plain', data: 'Hello' }, { title: 'notes.txt' })),
        ),
        google: yes(contents({ inlineData: { mimeType: 'text/plain', data: 'SGVsbG8=' } })),
      }),
      messages: messages(user(block('document', { type: 'text', media_type: 'text/plain', data: 'Hello' }, { title: 'Notes' })), {
        openai: yes(user({ type: 'text', text: 'Notes' }, { type: 'text', text: 'Hello' }), {
          note: 'As text, under its title.',
        }),
        google: yes(contents({ text: 'Notes' }, { text: 'Hello' }), { note: 'As text, under its title.' }),
      }),
      responses: likeChat(input({ type: 'input_file', filename: 'notes.txt', file_data: 'data:text/plain;base64,SGVsbG8=' })),
    },
  },
  {
    name: 'citations of documents',
    on: {
      chat: 'there are none',
      messages: messages(
        user(block('document', { type: 'text', media_type: 'text/plain', data: 'Hello' }, { citations: { enabled: true } })),
        {
          openai: dropped('messages[].content[].citations', { sends: { messages: [{ role: 'user', content: 'Hello' }] } }),
          google: dropped('messages[].content[].citations', { sends: contents({ text: 'Hello' }) }),
        },
      ),
      responses: 'there are none',
    },
  },
  {
    name: 'sound in the request (`input_audio`)',
    on: {
      chat: chat(user({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }), {
        anthropic: refused('messages[0].content[0]'),
        google: yes(contents({ inlineData: { mimeType: 'audio/wav', data: 'AAAA' } })),
      }),
      messages: 'there is none',
      responses: likeChat(input({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }), {
        anthropic: refused('input'),
      }),
    },
  },
]
