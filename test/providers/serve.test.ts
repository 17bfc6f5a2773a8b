/** The simulator's Worker, called as a function: time is counted and not spent. */
import Anthropic from '@anthropic-ai/sdk'
import { type EmbedContentConfig, GoogleGenAI } from '@google/genai'
import OpenAI from 'openai'
import { beforeEach, describe, expect, it } from 'vitest'
import { embed } from './embeddings'
import type { World } from './play'
import type { ProviderName } from './provider'
import { serve } from './serve'
import { speedsOf } from './speed'

const SPEEDS = speedsOf({
  openai: { firstTokenMs: 350, perTokenMs: 20 },
  anthropic: { firstTokenMs: 500, perTokenMs: 15 },
  google: { firstTokenMs: 180, perTokenMs: 8 },
})

let sleptMs: number[] = []
let made = 0
beforeEach(() => {
  sleptMs = []
  made = 0
})
const world: World = {
  nowMs: () => 1_767_225_600_000,
  sleep: async ms => {
    sleptMs.push(ms)
  },
  unique: () => `${made++}`.padStart(32, 'a'),
}
const call = (path: string, init: RequestInit = {}): Promise<Response> =>
  serve(new Request(`http://providers.internal${path}`, init), SPEEDS, world)

const PATHS: Readonly<Record<ProviderName, string>> = {
  openai: '/openai/v1/chat/completions',
  anthropic: '/anthropic/v1/messages',
  google: '/google/v1beta/models/gemini-3-flash:generateContent',
}
const STREAMED: Readonly<Record<ProviderName, string>> = {
  ...PATHS,
  google: '/google/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse',
}
const KEYS: Readonly<Record<ProviderName, Readonly<Record<string, string>>>> = {
  openai: { authorization: 'Bearer sk-test' },
  anthropic: { 'x-api-key': 'sk-test', 'anthropic-version': '2023-06-01' },
  google: { 'x-goog-api-key': 'test' },
}
const NAMES = ['openai', 'anthropic', 'google'] as const

const post = (provider: ProviderName, body: unknown, path = PATHS[provider], headers = KEYS[provider]) =>
  call(path, { method: 'POST', headers: { ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) })

const question = (provider: ProviderName, content: string, stream = false): unknown =>
  ({
    openai: { model: 'gpt-5.2', stream, messages: [{ role: 'user', content }] },
    anthropic: { model: 'claude-sonnet-5', max_tokens: 500, stream, messages: [{ role: 'user', content }] },
    google: { contents: [{ role: 'user', parts: [{ text: content }] }] },
  })[provider]

/** The global `fetch` that an official client believes it has. */
const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
  serve(new Request(input, init), SPEEDS, world)
const openai = () => new OpenAI({ apiKey: 'sk-test', baseURL: 'http://providers.internal/openai/v1', maxRetries: 0, fetch })
const anthropic = () => new Anthropic({ apiKey: 'sk-test', baseURL: 'http://providers.internal/anthropic', maxRetries: 0, fetch })
const google = () => new GoogleGenAI({ apiKey: 'test', httpOptions: { baseUrl: 'http://providers.internal/google', fetch } })

const WEATHER = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
  required: ['city', 'days'],
}

describe('an answer', () => {
  it('says that it is simulated, by whose wire format, and what was asked', async () => {
    const reply = await openai().chat.completions.create({ model: 'gpt-5.2', messages: [{ role: 'user', content: 'Why?' }] })
    expect(reply.choices[0]?.message.content).toBe(
      `This is a simulated answer from OpenAI's wire format (model gpt-5.2). You asked: "Why?".`,
    )
  })

  it.each(NAMES)('of %s is the same for the same question, streamed or not', async provider => {
    const text = async (response: Response) => {
      const raw = await response.text()
      return [...raw.matchAll(/"(?:text|content)":"((?:[^"\\]|\\.)*)"/g)].map(([, part]) => part).join('')
    }
    const whole = await text(await post(provider, question(provider, 'Why?')))
    expect(await text(await post(provider, question(provider, 'Why?')))).toBe(whole)
    expect(await text(await post(provider, question(provider, 'Why?', true), STREAMED[provider]))).toBe(whole)
    expect(whole).toContain('Why?')
  })

  it('counts the images that it was shown', async () => {
    const image = { type: 'image_url' as const, image_url: { url: 'data:image/png;base64,AA==' } }
    const content = [{ type: 'text' as const, text: 'What is it?' }, image, image]
    const reply = await openai().chat.completions.create({ model: 'gpt-5.2', messages: [{ role: 'user', content }] })
    expect(reply.choices[0]?.message.content).toContain('I saw 2 images.')
  })

  it('takes its time to the first token, half of it before the headers, and then its time per token', async () => {
    const response = await post('openai', question('openai', 'Hi', true))
    expect(sleptMs).toEqual([175])
    const events = (await response.text()).split('\n\n').filter(event => event.includes('"delta":{"content"'))
    expect(sleptMs).toEqual([175, 175, ...Array.from({ length: events.length - 1 }, () => 20)])
  })

  it('stops at the limit that the caller sets, and says so', async () => {
    const reply = await anthropic().messages.create({
      model: 'claude-sonnet-5',
      max_tokens: 3,
      messages: [{ role: 'user', content: 'Hi' }],
    })
    expect(reply.stop_reason).toBe('max_tokens')
    expect(reply.usage.output_tokens).toBeLessThanOrEqual(3)
  })

  it('is JSON of the schema, in each format', async () => {
    const schema = { ...WEATHER, additionalProperties: false }
    const wanted = { city: 'simulated', days: 1 }
    const one = await openai().chat.completions.create({
      model: 'gpt-5.2',
      messages: [{ role: 'user', content: 'Hi' }],
      response_format: { type: 'json_schema', json_schema: { name: 'forecast', strict: true, schema } },
    })
    expect(JSON.parse(one.choices[0]?.message.content ?? '')).toEqual(wanted)
    const two = await anthropic().messages.create({
      model: 'claude-sonnet-5',
      max_tokens: 100,
      messages: [{ role: 'user', content: 'Hi' }],
      output_config: { format: { type: 'json_schema', schema } },
    })
    expect(two.content[0]?.type === 'text' && JSON.parse(two.content[0].text)).toEqual(wanted)
    const three = await google().models.generateContent({
      model: 'gemini-3-flash',
      contents: 'Hi',
      config: { responseMimeType: 'application/json', responseJsonSchema: schema },
    })
    expect(JSON.parse(three.text ?? '')).toEqual(wanted)
  })
})

describe('a tool', () => {
  it('is called in several deltas by OpenAI and Anthropic, whole by Gemini, and its result is quoted', async () => {
    const tools = [{ type: 'function' as const, function: { name: 'get_weather', parameters: WEATHER } }]
    const asked = { role: 'user' as const, content: 'What is the weather?' }
    const stream = openai().chat.completions.stream({ model: 'gpt-5.2', messages: [asked], tools })
    let deltas = 0
    for await (const chunk of stream) deltas += chunk.choices[0]?.delta.tool_calls?.length ?? 0
    expect(deltas).toBeGreaterThan(3)
    const called = (await stream.finalChatCompletion()).choices[0]?.message
    const [toolCall] = called?.tool_calls ?? []
    expect(toolCall?.type === 'function' && JSON.parse(toolCall.function.arguments)).toEqual({ city: 'simulated', days: 1 })
    const reply = await openai().chat.completions.create({
      model: 'gpt-5.2',
      tools,
      messages: [
        asked,
        { role: 'assistant', content: null, tool_calls: called?.tool_calls ?? [] },
        { role: 'tool', tool_call_id: toolCall?.id ?? '', content: '21 degrees' },
      ],
    })
    expect(reply.choices[0]?.message.content).toContain('The tool returned: "21 degrees".')
    expect(reply.choices[0]?.finish_reason).toBe('stop')
  })

  it('makes the same round trip through Anthropic', async () => {
    const request = {
      model: 'claude-sonnet-5',
      max_tokens: 200,
      tools: [{ name: 'get_weather', input_schema: { ...WEATHER, type: 'object' as const } }],
    }
    const first = await anthropic()
      .messages.stream({ ...request, messages: [{ role: 'user', content: 'Go on.' }], tool_choice: { type: 'any' } })
      .finalMessage()
    const use = first.content.find(block => block.type === 'tool_use')
    expect(use?.input).toEqual({ city: 'simulated', days: 1 })
    const second = await anthropic().messages.create({
      ...request,
      messages: [
        { role: 'user', content: 'Go on.' },
        { role: 'assistant', content: first.content },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: use?.id ?? '', content: '21 degrees' }] },
      ],
    })
    expect(second.content[0]?.type === 'text' && second.content[0].text).toContain('The tool returned: "21 degrees".')
  })

  it('makes the same round trip through Gemini, which wants its signature back', async () => {
    const config = { tools: [{ functionDeclarations: [{ name: 'get_weather', parametersJsonSchema: WEATHER }] }] }
    const asked = { role: 'user', parts: [{ text: 'How is the weather?' }] }
    const first = await google().models.generateContent({ model: 'gemini-3-flash', contents: [asked], config })
    const parts = first.candidates?.[0]?.content?.parts ?? []
    expect(first.functionCalls?.[0]?.args).toEqual({ city: 'simulated', days: 1 })
    const result = { role: 'user', parts: [{ functionResponse: { name: 'get_weather', response: { output: '21 degrees' } } }] }
    const second = await google().models.generateContent({
      model: 'gemini-3-flash',
      contents: [asked, { role: 'model', parts }, result],
      config,
    })
    expect(second.text).toContain('The tool returned: "21 degrees".')
    const unsigned = parts.map(({ thoughtSignature: _, ...part }) => part)
    const refused = google().models.generateContent({
      model: 'gemini-3-flash',
      contents: [asked, { role: 'model', parts: unsigned }, result],
      config,
    })
    await expect(refused).rejects.toThrow('thought_signature')
  })
})

describe('a key', () => {
  it.each([
    ['openai', 401, { error: { type: 'invalid_request_error', code: null } }],
    ['anthropic', 401, { type: 'error', error: { type: 'authentication_error' } }],
    // Google forbids unidentified calls rather than asking for credentials
    ['google', 403, { error: { code: 403, status: 'PERMISSION_DENIED' } }],
  ] as const)('that is missing is refused by %s with %i in its own words', async (provider, status, body) => {
    const response = await post(provider, question(provider, 'Hi'), PATHS[provider], {})
    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject(body)
  })

  it('that says it is invalid is refused as one that was never issued', async () => {
    const response = await post('openai', question('openai', 'Hi'), PATHS.openai, { authorization: 'Bearer sk-invalid' })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_api_key' } })
  })
})

describe('a request that the real provider would refuse', () => {
  const user = { role: 'user', content: 'Hi' }
  const gpt = { model: 'gpt-5.2', messages: [user] }
  const claude = { model: 'claude-opus-4-6', max_tokens: 10, messages: [user] }
  const gemini = { contents: [{ role: 'user', parts: [{ text: 'Hi' }] }] }
  const use = { type: 'tool_use', id: 't1', name: 'f', input: {} }
  const callPart = { functionCall: { name: 'f', args: {} }, thoughtSignature: 's' }

  it.each([
    ['a field of another provider', { ...gpt, max_output_tokens: 5 }, 'max_output_tokens', 'unknown_parameter'],
    ['the old name of the limit, on a model that reasons', { ...gpt, max_tokens: 5 }, 'max_tokens', 'unsupported_parameter'],
    [
      'a temperature, on a model that always reasons',
      { ...gpt, model: 'gpt-5', temperature: 0.2 },
      'temperature',
      'unsupported_value',
    ],
    ['metadata without storing', { ...gpt, metadata: { a: 'b' } }, 'metadata', null],
    ['stream options without a stream', { ...gpt, stream_options: { include_usage: true } }, 'stream_options', null],
    ['a tool choice without tools', { ...gpt, tool_choice: 'auto' }, 'tool_choice', null],
    ['no messages', { ...gpt, messages: [] }, 'messages', 'empty_array'],
    ['an unknown role', { ...gpt, messages: [{ role: 'model', content: 'Hi' }] }, 'messages.[0].role', 'invalid_value'],
    [
      'a tool result without its call',
      { ...gpt, messages: [user, { role: 'tool', tool_call_id: 'x', content: '1' }] },
      'messages.[1].role',
      null,
    ],
    [
      'a tool call without its result',
      {
        ...gpt,
        messages: [
          user,
          { role: 'assistant', tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: '{}' } }] },
        ],
      },
      'messages',
      null,
    ],
  ])('OpenAI: %s', async (_, body, param, code) => {
    const response = await post('openai', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', param, code } })
  })

  it.each([
    ['no limit', { ...claude, max_tokens: undefined }, 'max_tokens: Field required'],
    ['a field of another provider', { ...claude, n: 1 }, 'n: Extra inputs are not permitted'],
    ['a temperature above its range', { ...claude, temperature: 1.5 }, 'temperature: range: 0..1'],
    ['a temperature at all, on a newer model', { ...claude, model: 'claude-opus-4-7', temperature: 1 }, 'temperature'],
    [
      'a system message among the turns',
      { ...claude, messages: [{ role: 'system', content: 'Be kind.' }, user] },
      'messages.0.role',
    ],
    [
      'an empty text block',
      { ...claude, messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] },
      'must be non-empty',
    ],
    ['a blank text', { ...claude, messages: [{ role: 'user', content: ' \n' }] }, 'non-whitespace'],
    ['an empty system block', { ...claude, system: [{ type: 'text', text: '' }] }, 'system: text content blocks'],
    [
      'a call without its result',
      { ...claude, messages: [user, { role: 'assistant', content: [use] }, user] },
      'without `tool_result`',
    ],
    [
      'a result that comes a turn late',
      {
        ...claude,
        messages: [
          user,
          { role: 'assistant', content: [use] },
          { role: 'assistant', content: 'And?' },
          user,
          { role: 'assistant', content: 'Hm.' },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: '1' }] },
        ],
      },
      'without `tool_result`',
    ],
    [
      'a result behind other words',
      {
        ...claude,
        messages: [
          user,
          { role: 'assistant', content: [use] },
          {
            role: 'user',
            content: [
              { type: 'text', text: 'So:' },
              { type: 'tool_result', tool_use_id: 't1', content: '1' },
            ],
          },
        ],
      },
      'must come before',
    ],
    [
      'a schema that is open',
      { ...claude, output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      'additionalProperties',
    ],
  ])('Anthropic: %s', async (_, body, message) => {
    const response = await post('anthropic', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: { type: 'invalid_request_error', message: expect.stringContaining(message) },
    })
  })

  it('Anthropic: no version header', async () => {
    const response = await post('anthropic', claude, PATHS.anthropic, { 'x-api-key': 'k' })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('anthropic-version')
  })

  it('Anthropic merges turns of one speaker before it judges them', async () => {
    const result = { type: 'tool_result', tool_use_id: 't1', content: '1' }
    const messages = [
      user,
      { role: 'assistant', content: 'Well,' },
      { role: 'assistant', content: [use] },
      { role: 'user', content: [result] },
      user,
    ]
    expect((await post('anthropic', { ...claude, messages })).status).toBe(200)
  })

  it('Anthropic takes a system turn behind a user turn on the models that know it', async () => {
    const messages = [user, { role: 'system', content: 'Be kind.' }]
    expect((await post('anthropic', { ...claude, messages })).status).toBe(400)
    expect((await post('anthropic', { ...claude, model: 'claude-opus-4-8', messages })).status).toBe(200)
  })

  it.each([
    ['an unknown field', { ...gemini, messages: [] }, 'Unknown name "messages": Cannot find field.'],
    [
      'an unknown setting',
      { ...gemini, generationConfig: { max_tokens: 5 } },
      `Unknown name "max_tokens" at 'generation_config'`,
    ],
    [
      'a schema keyword that its own dialect lacks',
      {
        ...gemini,
        tools: [{ functionDeclarations: [{ name: 'f', parameters: { type: 'object', additionalProperties: false } }] }],
      },
      'Unknown name "additionalProperties"',
    ],
    ['a role of OpenAI', { contents: [{ role: 'assistant', parts: [{ text: 'Hi' }] }] }, 'valid role'],
    ['no parts', { contents: [{ role: 'user', parts: [] }] }, 'parts must not be empty'],
    ['a schema without its type of answer', { ...gemini, generationConfig: { responseJsonSchema: {} } }, 'response_mime_type'],
    ['several candidates', { ...gemini, generationConfig: { candidateCount: 2 } }, 'Multiple candidates'],
    [
      'fewer responses than calls',
      {
        contents: [
          ...gemini.contents,
          { role: 'model', parts: [callPart, callPart] },
          { role: 'user', parts: [{ functionResponse: { name: 'f', response: {} } }] },
        ],
      },
      'equal to the number',
    ],
    [
      'a response that is no object',
      { contents: [...gemini.contents, { role: 'user', parts: [{ functionResponse: { name: 'f', response: 'x' } }] }] },
      'Struct',
    ],
  ])('Gemini: %s', async (_, body, message) => {
    const response = await post('google', body)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { code: 400, status: 'INVALID_ARGUMENT', message: expect.stringContaining(message) },
    })
  })

  it('Gemini reads snake case and camel case alike', async () => {
    const body = { ...gemini, system_instruction: { parts: [{ text: 'Be kind.' }] }, generation_config: { max_output_tokens: 5 } }
    expect((await post('google', body)).status).toBe(200)
  })

  it.each([
    ['openai', { ...gpt, model: 'unknown-1' }, PATHS.openai],
    ['anthropic', { ...claude, model: 'unknown-1' }, PATHS.anthropic],
    ['google', gemini, '/google/v1beta/models/unknown-1:generateContent'],
  ] as const)('%s: a model that it does not have', async (provider, body, path) => {
    const response = await post(provider, body, path)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('unknown-1')
  })

  it.each(NAMES)('%s: a body that is not JSON', async provider => {
    expect((await post(provider, '{"model":')).status).toBe(400)
  })
})

describe('a fault on demand', () => {
  const ask = (provider: ProviderName, directive: string, stream = true) =>
    post(provider, question(provider, `Hi [[${provider}: ${directive}]]`, stream), stream ? STREAMED[provider] : PATHS[provider])

  it.each(NAMES)('%s answers with the status asked for', async provider => {
    expect((await ask(provider, 'status 500')).status).toBe(500)
    expect((await ask(provider, 'status 402')).status).toBe(402)
  })

  it('each provider is overloaded in its own way', async () => {
    const statuses = await Promise.all(NAMES.map(async provider => (await ask(provider, 'overloaded')).status))
    expect(statuses).toEqual([503, 529, 503])
  })

  it('a rate limit says when to come back: in a header, at Google in the body', async () => {
    expect((await ask('openai', 'rate-limit 7')).headers.get('retry-after')).toBe('7')
    const response = await ask('google', 'rate-limit 7')
    expect(response.headers.get('retry-after')).toBeNull()
    expect(await response.text()).toContain('"retryDelay":"7s"')
  })

  it.each(NAMES)('%s breaks its stream after as many contents as asked for', async provider => {
    const reader = (await ask(provider, 'cut 2')).body?.getReader()
    const events: string[] = []
    const read = async () => {
      for (let next = await reader?.read(); next !== undefined && !next.done; next = await reader?.read()) {
        events.push(new TextDecoder().decode(next.value))
      }
    }
    await expect(read()).rejects.toThrow('simulated cut')
    const content = events.filter(event => /"(content|text)":"(?!")/.test(event))
    expect(content).toHaveLength(2)
  })

  it.each(NAMES)('%s sends its error as an event, the first or after some', async provider => {
    const first = await (await ask(provider, 'error')).text()
    expect(first).toMatch(provider === 'anthropic' ? /^event: error\ndata: \{"type":"error"/ : /^data: \{"error":/)
    const later = await (await ask(provider, 'error 1')).text()
    expect(later).toContain(first)
    expect(later.length).toBeGreaterThan(first.length)
  })

  it('a slow provider is late with its first content by so much', async () => {
    await (await ask('google', 'slow 3000')).text()
    expect(sleptMs.slice(0, 3)).toEqual([90, 3090, 8])
  })

  it('an empty answer and a web page come under status 200', async () => {
    const empty = await ask('openai', 'empty')
    expect([empty.status, await empty.text()]).toEqual([200, ''])
    const page = await ask('openai', 'html')
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  })

  it('a misspelt directive is refused', async () => {
    const response = await ask('openai', 'explode')
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('knows no fault')
  })
})

describe('beside the chat', () => {
  it('models are listed', async () => {
    const models = await openai().models.list()
    expect(models.data.map(model => model.id)).toContain('gpt-5.2')
  })

  it('embeddings are unit vectors that depend on the text alone, in numbers as in base64', async () => {
    const create = (encoding_format?: 'float') =>
      openai().embeddings.create({
        model: 'text-embedding-3-small',
        input: ['one', 'two'],
        ...(encoding_format && { encoding_format }),
      })
    // without a wish the client asks for base64 and decodes it
    const [packed, plain] = [await create(), await create('float')]
    const vectors = plain.data.map(item => item.embedding)
    expect(packed.data.map(item => item.embedding)).toEqual(vectors)
    expect(vectors[0]).toHaveLength(1536)
    expect(vectors[0]).not.toEqual(vectors[1])
    // float32 carries seven digits; 1536 rounding errors of half that size average out far below 1e-5
    expect(Math.hypot(...embed('one', 1536))).toBeCloseTo(1, 5)
    expect(plain.usage).toEqual({ prompt_tokens: 2, total_tokens: 2 })
  })

  it("Gemini's embeddings have length 1 in full, and are cut off where fewer dimensions are asked for", async () => {
    const create = (config: EmbedContentConfig) =>
      google().models.embedContent({ model: 'gemini-embedding-001', contents: ['one', 'two'], config })
    const [full, short] = [await create({ taskType: 'RETRIEVAL_QUERY' }), await create({ outputDimensionality: 8 })]
    const [one = [], two = []] = full.embeddings?.map(({ values = [] }) => values) ?? []
    expect(one).toEqual([...embed('one', 3072)])
    expect(two).not.toEqual(one)
    expect(short.embeddings?.map(({ values }) => values)).toEqual([one.slice(0, 8), two.slice(0, 8)])
  })

  it('a single text of Gemini has an endpoint of its own, with the same vector', async () => {
    const path = '/google/v1beta/models/gemini-embedding-001:embedContent'
    const reply = await post('google', { content: { parts: [{ text: 'one' }] } }, path)
    expect(await reply.json()).toMatchObject({ embedding: { values: [...embed('one', 3072)] } })
  })

  const EMBED = { model: 'models/gemini-embedding-001', content: { parts: [{ text: 'one' }] } }
  it.each([
    ['nothing', {}],
    ['no text', { requests: [{ ...EMBED, content: {} }] }],
    ['an empty text', { requests: [{ ...EMBED, content: { parts: [{ text: '' }] } }] }],
    ['no name', { requests: [{ content: EMBED.content }] }],
    ['another name', { requests: [{ ...EMBED, model: 'models/other' }] }],
    ['an unknown field', { requests: [{ ...EMBED, autoTruncate: false }] }],
    ['an unknown field beside them', { requests: [EMBED], user: 'ann' }],
    ['an unknown task', { requests: [{ ...EMBED, taskType: 'SEARCH' }] }],
    ['too many dimensions', { requests: [{ ...EMBED, outputDimensionality: 3073 }] }],
    ['too many texts', { requests: Array(101).fill(EMBED) }],
  ])("Gemini's embeddings refuse %s", async (_, body) => {
    const reply = await post('google', body, '/google/v1beta/models/gemini-embedding-001:batchEmbedContents')
    expect(reply.status).toBe(400)
    expect(await reply.json()).toMatchObject({ error: { status: 'INVALID_ARGUMENT' } })
  })

  it('tokens are counted without a limit for the answer', async () => {
    const count = await anthropic().messages.countTokens({
      model: 'claude-sonnet-5',
      messages: [{ role: 'user', content: '12345678' }],
    })
    // 8 characters are 2 tokens, the message itself 4
    expect(count.input_tokens).toBe(6)
  })

  it.each(NAMES)('%s says 404 where there is nothing', async provider => {
    expect((await call(`/${provider}/v1/nothing`, { method: 'POST', headers: { ...KEYS[provider] }, body: '{}' })).status).toBe(
      404,
    )
  })

  it('request ids and rate limits are in the headers', async () => {
    const one = await post('openai', question('openai', 'Hi'))
    expect(one.headers.get('x-request-id')).toMatch(/^req_/)
    expect(one.headers.get('x-ratelimit-limit-requests')).toBe('10000')
    const two = await post('anthropic', question('anthropic', 'Hi'))
    expect(two.headers.get('request-id')).toMatch(/^req_/)
    // one of 4,000 requests a minute is back after 15 ms, told in whole seconds
    expect(two.headers.get('anthropic-ratelimit-requests-reset')).toBe('2026-01-01T00:00:01Z')
  })
})

describe('the speeds', () => {
  it('are zero where nothing is set, and may come as JSON text', () => {
    expect(speedsOf(undefined).openai).toEqual({ firstTokenMs: 0, perTokenMs: 0 })
    expect(speedsOf('{"google":{"firstTokenMs":9}}').google).toEqual({ firstTokenMs: 9, perTokenMs: 0 })
  })

  it.each([[{ openai: 5 }], [{ openai: { firstTokenMs: '5' } }], [{ openai: { perTokenMs: -1 } }], [7]])(
    '%j is refused',
    pace => {
      expect(() => speedsOf(pace)).toThrow(/PACE, openai/)
    },
  )
})
