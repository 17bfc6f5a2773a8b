import { describe, expect, it } from 'vitest'
import { google } from '../../../src/provider/google'
import { call, chat, model, translator, weather } from '../requests'

const { sent, refused } = translator(google, 'gemini-2.5-flash')
const user = (content: unknown) => ({ role: 'user', content })
const PNG = 'iVBORw0KGgo='

describe('address and headers', () => {
  it.each([
    ['gemini-3-flash', {}, '/v1beta/models/gemini-3-flash:generateContent'],
    ['gemini-3-flash', { stream: true }, '/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse'],
    ['tunedModels/mine', {}, '/v1beta/tunedModels/mine:generateContent'],
    ['odd?name', {}, '/v1beta/models/odd%3Fname:generateContent'],
  ])('%s with %j goes to %s', (name, fields, path) => {
    expect(sent(fields, name).url).toBe(`https://upstream.test${path}`)
  })

  it('sends the key as a header, never in the address, and none without one', () => {
    expect(sent().headers).toEqual({ 'content-type': 'application/json', 'x-goog-api-key': 'key' })
    expect(sent().url).not.toContain('key')
    const bare = google.request(chat(), model({ name: 'gemini-2.5-pro' }), undefined)
    expect(bare.ok && bare.value.headers).toEqual({ 'content-type': 'application/json' })
  })

  it("lets the model's headers override its own, whatever their case", () => {
    const result = google.request(chat(), model({ headers: { 'X-Goog-Api-Key': 'theirs' } }), 'key')
    expect(result.ok && result.value.headers).toEqual({ 'content-type': 'application/json', 'x-goog-api-key': 'theirs' })
  })
})

describe('messages', () => {
  it('gathers system and developer messages from anywhere, in order', () => {
    const { body } = sent({ messages: [{ role: 'system', content: 'A' }, user('Hi'), { role: 'developer', content: 'B' }] })
    expect(body).toEqual({
      systemInstruction: { parts: [{ text: 'A' }, { text: 'B' }] },
      contents: [{ role: 'user', parts: [{ text: 'Hi' }] }],
    })
  })

  it('merges consecutive messages of one role and leaves empty text out', () => {
    const { body } = sent({
      messages: [user('a'), user(''), { role: 'assistant', content: '' }, user([{ type: 'text', text: 'b' }])],
    })
    expect(body.contents).toEqual([{ role: 'user', parts: [{ text: 'a' }, { text: 'b' }] }])
  })

  it('asks a conversation of system messages alone as the user, and leaves an empty one to others', () => {
    expect(sent({ messages: [{ role: 'system', content: 'Say hi' }] }).body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Say hi' }] }],
    })
    expect(refused({ messages: [user('')] })).toBe('unsupported messages')
  })

  it('puts a user content before a model that speaks first', () => {
    const { body } = sent({ messages: [{ role: 'assistant', content: 'Hello' }, user('Hi')] })
    expect(body.contents).toMatchObject([{ role: 'user' }, { role: 'model', parts: [{ text: 'Hello' }] }, { role: 'user' }])
  })

  it('carries calls, and their results by name in one content of their own', () => {
    const { body } = sent({
      messages: [
        user('Weather?'),
        { role: 'assistant', content: 'Look:', tool_calls: [call('1', 'get_weather', '{"city":"Rome"}'), call('2', 'now', '')] },
        { role: 'tool', tool_call_id: '1', content: '{"sky":"clear"}' },
        { role: 'tool', tool_call_id: '2', content: '[12, 30]' },
        user('And?'),
      ],
    })
    expect(body.contents).toEqual([
      { role: 'user', parts: [{ text: 'Weather?' }] },
      {
        role: 'model',
        parts: [
          { text: 'Look:' },
          { functionCall: { id: '1', name: 'get_weather', args: { city: 'Rome' } } },
          { functionCall: { id: '2', name: 'now', args: {} } },
        ],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { id: '1', name: 'get_weather', response: { sky: 'clear' } } },
          { functionResponse: { id: '2', name: 'now', response: { output: '[12, 30]' } } },
        ],
      },
      { role: 'user', parts: [{ text: 'And?' }] },
    ])
  })

  it('rejects unreadable arguments and results that answer no call, by their path', () => {
    expect(refused({ messages: [user('a'), { role: 'assistant', tool_calls: [call('1', 'f', '{')] }] })).toBe(
      'rejected messages[1].tool_calls[0].function.arguments',
    )
    expect(refused({ messages: [user('a'), { role: 'tool', tool_call_id: '1', content: 'r' }] })).toBe(
      'rejected messages[1].tool_call_id',
    )
  })

  it('continues a model turn only where the model does that', () => {
    const messages = [user('a'), { role: 'assistant', content: 'b' }]
    expect(sent({ messages }).body.contents).toHaveLength(2)
    expect(refused({ messages }, 'gemini-3.6-flash')).toBe('unsupported messages[1]')
  })
})

describe("a thought's signature", () => {
  const signed = (signature: string) => ({ extra_content: { google: { thought_signature: signature } } })
  const parts = (assistant: Record<string, unknown>, name: string) => {
    const { contents } = sent({ messages: [user('a'), { role: 'assistant', ...assistant }, user('b')] }, name).body
    return Array.isArray(contents) ? contents[1].parts : undefined
  }

  it('returns to the call and to the end of the text that it came with', () => {
    const assistant = { content: 'Hm', tool_calls: [call('1', 'f', '{}', signed('S1')), call('2', 'f')], ...signed('S0') }
    expect(parts(assistant, 'gemini-3-flash')).toMatchObject([
      { text: 'Hm', thoughtSignature: 'S0' },
      { functionCall: { id: '1' }, thoughtSignature: 'S1' },
      { functionCall: { id: '2' } },
    ])
    expect(parts(assistant, 'gemini-3-flash')[2]).not.toHaveProperty('thoughtSignature')
  })

  it('returns in an empty text where there was none', () => {
    expect(parts({ content: null, ...signed('S0') }, 'gemini-3-flash')).toEqual([{ text: '', thoughtSignature: 'S0' }])
  })

  it("is replaced by the documented value on another model's calls, the first of a turn, where the model insists", () => {
    const calls = { tool_calls: [call('1', 'f'), call('2', 'f')] }
    const [first, second] = parts(calls, 'gemini-flash-latest')
    expect(first.thoughtSignature).toBe('skip_thought_signature_validator')
    expect(second).not.toHaveProperty('thoughtSignature')
    expect(parts(calls, 'gemini-2.5-pro')[0]).not.toHaveProperty('thoughtSignature')
  })
})

describe('attachments', () => {
  const part = (value: unknown) => ({ messages: [user([value])] })
  const image = (url: string) => part({ type: 'image_url', image_url: { url } })
  const file = (value: unknown) => part({ type: 'file', file: value })
  const sound = (format: string, data = PNG) => part({ type: 'input_audio', input_audio: { data, format } })

  it.each([
    [image(`data:image/jpg;base64,${PNG}`), { inlineData: { mimeType: 'image/jpeg', data: PNG } }],
    [image('https://x.test/a.PNG?w=1'), { fileData: { fileUri: 'https://x.test/a.PNG?w=1', mimeType: 'image/png' } }],
    [
      image('https://generativelanguage.googleapis.com/v1beta/files/abc'),
      { fileData: { fileUri: 'https://generativelanguage.googleapis.com/v1beta/files/abc' } },
    ],
    [sound('wav'), { inlineData: { mimeType: 'audio/wav', data: PNG } }],
    [sound('mp3'), { inlineData: { mimeType: 'audio/mp3', data: PNG } }],
    [
      file({ file_data: 'data:application/pdf;base64,JVBERi0=' }),
      { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0=' } },
    ],
    [file({ filename: 'a.pdf', file_data: 'JVBERi0=' }), { inlineData: { mimeType: 'application/pdf', data: 'JVBERi0=' } }],
    [
      file({ filename: 'a.pdf', file_data: 'https://x.test/1' }),
      { fileData: { fileUri: 'https://x.test/1', mimeType: 'application/pdf' } },
    ],
  ])('carries %j', (fields, expected) => {
    expect(sent(fields).body.contents).toEqual([{ role: 'user', parts: [expected] }])
  })

  it.each([
    [image('data:image/png;base64,%%%'), 'rejected messages[0].content[0].image_url.url'],
    [image('ftp://x.test/a.png'), 'rejected messages[0].content[0].image_url.url'],
    [image('http://x.test/a.png'), 'unsupported messages[0].content[0].image_url.url'],
    [image('https://x.test/image'), 'unsupported messages[0].content[0].image_url.url'],
    [sound('midi'), 'unsupported messages[0].content[0].input_audio.format'],
    [sound('wav', '%'), 'rejected messages[0].content[0].input_audio.data'],
    [file({ file_id: 'f' }), 'unsupported messages[0].content[0].file.file_id'],
    [file({ filename: 'a.pdf' }), 'rejected messages[0].content[0].file'],
    [file({ file_data: 'JVBERi0=' }), 'rejected messages[0].content[0].file.file_data'],
  ])('refuses %j', (fields, expected) => {
    expect(refused(fields)).toBe(expected)
  })

  it('lets no model fetch an address that cannot', () => {
    expect(refused(image('https://x.test/a.png'), 'gemini-2.0-flash')).toBe('unsupported messages[0].content[0].image_url.url')
  })
})

describe('generation config', () => {
  it.each([
    [
      { temperature: 1.7, top_p: 0.9 },
      { temperature: 1.7, topP: 0.9 },
    ],
    [
      { frequency_penalty: 0.5, presence_penalty: -1 },
      { frequencyPenalty: 0.5, presencePenalty: -1 },
    ],
    [{ max_tokens: 5 }, { maxOutputTokens: 5 }],
    [{ max_tokens: 5, max_completion_tokens: 6 }, { maxOutputTokens: 6 }],
    [
      { stop: 'END', seed: 0, n: 2 },
      { stopSequences: ['END'], seed: 0, candidateCount: 2 },
    ],
    [{ stop: ['', '\n'], n: 1 }, { stopSequences: ['\n'] }],
    [
      { logprobs: true, top_logprobs: 3 },
      { responseLogprobs: true, logprobs: 3 },
    ],
    [{ logprobs: false, top_logprobs: 3 }, undefined],
    [{ response_format: { type: 'text' } }, undefined],
    [{ response_format: { type: 'json_object' } }, { responseMimeType: 'application/json' }],
    [
      { response_format: { type: 'json_schema', json_schema: { name: 'n', schema: { type: 'object' } } } },
      { responseMimeType: 'application/json', responseJsonSchema: { type: 'object' } },
    ],
  ])('%j becomes %j', (fields, config) => {
    const { body, dropped } = sent(fields)
    expect(body.generationConfig).toEqual(config)
    expect(dropped).toEqual([])
  })

  it('leaves sampling out where the model no longer takes it, but reports no penalty of zero', () => {
    const fields = { temperature: 1, top_p: 0.5, frequency_penalty: 0, presence_penalty: 1 }
    for (const name of ['gemini-3.6-flash', 'gemini-3.5-flash-lite', 'gemini-flash-latest', 'gemini-4-argon']) {
      const { body, dropped } = sent(fields, name)
      expect(body).not.toHaveProperty('generationConfig')
      expect(dropped).toEqual(['temperature', 'top_p', 'presence_penalty'])
    }
    expect(sent(fields, 'gemini-3.5-flash').dropped).toEqual([])
  })

  it('names what it leaves out', () => {
    const { dropped } = sent({ user: 'u', parallel_tool_calls: false, logit_bias: { 1: 2 }, tools: [weather], store: true })
    expect([...dropped].sort()).toEqual(['logit_bias', 'parallel_tool_calls', 'store', 'user'])
  })

  it('does not promise JSON beside tools where the model refuses both', () => {
    const fields = { tools: [weather], response_format: { type: 'json_object' } }
    expect(refused(fields)).toBe('unsupported response_format')
    expect(sent(fields, 'gemini-3-flash').body).toHaveProperty('generationConfig.responseMimeType')
  })

  it.each([
    ['gemini-2.0-flash', 'high', undefined],
    ['gemma-3-27b-it', 'high', undefined],
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }],
    ['gemini-2.5-pro', 'none', { thinkingBudget: 128 }],
    ['gemini-2.5-pro', 'minimal', { thinkingBudget: 1024, includeThoughts: true }],
    ['gemini-2.5-pro', 'high', { thinkingBudget: 24_576, includeThoughts: true }],
    ['gemini-3-flash', 'none', { thinkingLevel: 'MINIMAL' }],
    ['gemini-3.1-pro-preview', 'none', { thinkingLevel: 'LOW' }],
    ['gemini-3.1-pro-preview', 'minimal', { thinkingLevel: 'LOW', includeThoughts: true }],
    ['gemini-flash-latest', 'xhigh', { thinkingLevel: 'HIGH', includeThoughts: true }],
    ['gemini-3-flash', 'heroic', undefined],
  ])('%s asked for %s effort thinks by %j', (name, effort, thinkingConfig) => {
    const { body, dropped } = sent({ reasoning_effort: effort }, name)
    expect(body.generationConfig).toEqual(thinkingConfig === undefined ? undefined : { thinkingConfig })
    expect(dropped).toEqual(thinkingConfig === undefined ? ['reasoning_effort'] : [])
  })
})

describe('tools', () => {
  it('declares functions with JSON Schema as it is', () => {
    const bare = { type: 'function', function: { name: 'now', strict: true } }
    const { body, dropped } = sent({ tools: [weather, bare] })
    expect(body.tools).toEqual([
      {
        functionDeclarations: [
          { name: 'get_weather', description: 'Weather of a city', parametersJsonSchema: weather.function.parameters },
          { name: 'now' },
        ],
      },
    ])
    expect(dropped).toEqual(['tools[].function.strict'])
  })

  it.each([
    ['auto', { mode: 'AUTO' }],
    ['none', { mode: 'NONE' }],
    ['required', { mode: 'ANY' }],
    [
      { type: 'function', function: { name: 'now' } },
      { mode: 'ANY', allowedFunctionNames: ['now'] },
    ],
  ])('%j chooses %j', (choice, config) => {
    expect(sent({ tools: [weather], tool_choice: choice }).body.toolConfig).toEqual({ functionCallingConfig: config })
  })

  it('rejects the demand for a tool where there is none', () => {
    expect(refused({ tool_choice: 'required' })).toBe('rejected tool_choice')
  })
})
