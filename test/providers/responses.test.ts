/** Simulated responses: the official client is the judge of the wire, and what the real API would refuse is refused. */
import OpenAI from 'openai'
import { describe, expect, it } from 'vitest'
import { acceptResponses } from './accept/openai-responses'
import type { Answer, Piece } from './answer'
import { toolCallPiece } from './answer'
import type { World } from './play'
import { serve } from './serve'
import { speedsOf } from './speed'
import { responseBody, responseFrames } from './wire/openai-responses'

let made = 0
const world: World = { nowMs: () => 1_767_225_600_000, sleep: async () => {}, unique: () => `${made++}`.padStart(32, 'a') }
const fetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
  serve(new Request(input, init), speedsOf(undefined), world)
const openai = new OpenAI({ apiKey: 'sk-test', baseURL: 'http://providers.internal/openai/v1', maxRetries: 0, fetch })

const PIECES: readonly Piece[] = [
  { kind: 'reasoning', deltas: ['Let me ', 'think.'] },
  { kind: 'text', deltas: ['Grüße, ', '世界! ', '👋.'] },
  toolCallPiece('call_1', 'get_weather', { city: 'Zürich' }),
]
const ANSWER: Answer = {
  id: 'chatcmpl-1',
  model: 'gpt-test',
  createdSeconds: 1_767_225_600,
  pieces: PIECES,
  finish: 'tool-calls',
  usage: { prompt: 100, cached: 40, answer: 30, reasoning: 7 },
}

describe('the OpenAI client', () => {
  it('reads the same from the stream as from the body, whatever the answer is made of', async () => {
    const body = { model: 'gpt-test', input: 'Hi', instructions: 'Be brief.', include: ['reasoning.encrypted_content'] }
    const read = async (stream: boolean) => {
      const sent = stream
        ? responseFrames(ANSWER, body)
            .map(({ text }) => text)
            .join('')
        : JSON.stringify(responseBody(ANSWER, body))
      const type = stream ? 'text/event-stream' : 'application/json'
      const client = new OpenAI({
        apiKey: 'k',
        maxRetries: 0,
        fetch: async () => new Response(sent, { headers: { 'content-type': type } }),
      })
      const request = { model: 'gpt-test', input: 'Hi' }
      return stream ? client.responses.stream(request).finalResponse() : client.responses.create(request)
    }
    for (const response of [await read(false), await read(true)]) {
      expect(response.output_text).toBe('Grüße, 世界! 👋.')
      expect(response.instructions).toBe('Be brief.')
      expect(response.output).toMatchObject([
        { type: 'reasoning', summary: [{ text: 'Let me think.' }], encrypted_content: expect.any(String) },
        { type: 'message', status: 'completed' },
        { type: 'function_call', call_id: 'call_1', arguments: '{"city":"Zürich"}' },
      ])
      // 30 of the answer and 7 of reasoning, both billed as output
      expect(response.usage).toMatchObject({ input_tokens: 100, output_tokens: 37, total_tokens: 137 })
    }
  })

  it('calls a simulated tool and hears what came of it', async () => {
    const tools = [{ type: 'function' as const, name: 'weather', parameters: { type: 'object', properties: {} }, strict: false }]
    const first = await openai.responses.create({ model: 'gpt-5.2', input: 'How is the weather?', tools, store: false })
    const call = first.output.find(item => item.type === 'function_call')
    if (call?.type !== 'function_call') throw new Error('no call came')
    const input = [
      { role: 'user' as const, content: 'How is the weather?' },
      { type: 'function_call' as const, call_id: call.call_id, name: call.name, arguments: call.arguments },
      { type: 'function_call_output' as const, call_id: call.call_id, output: 'fine' },
    ]
    const second = await openai.responses.create({ model: 'gpt-5.2', input, tools, store: false })
    expect(second.output_text).toContain('The tool returned: "fine".')
  })

  it('is stopped by the limit, and by a fault on demand', async () => {
    const short = await openai.responses.create({ model: 'gpt-5.2', input: `Hi ${'there '.repeat(30)}`, max_output_tokens: 16 })
    expect(short).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })
    const broken = openai.responses.stream({ model: 'gpt-5.2', input: 'Hi [[openai: error 2]]' }).finalResponse()
    await expect(broken).rejects.toThrow('overloaded')
  })
})

describe('a request that the real API would refuse', () => {
  const base = { model: 'gpt-5.2', input: 'Hi' }
  const schema = { type: 'object', properties: {} }
  const call = { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' }
  const output = { type: 'function_call_output', call_id: 'a', output: '1' }
  const items = (...input: readonly unknown[]) => ({ ...base, input, store: false })

  it.each([
    ['a field of chat completions', { ...base, messages: [] }, 'messages'],
    ['the limit of chat completions', { ...base, max_completion_tokens: 20 }, 'max_completion_tokens'],
    ['their usage option', { ...base, stream: true, stream_options: { include_usage: true } }, 'stream_options.include_usage'],
    ['a tool in their shape', { ...base, tools: [{ type: 'function', function: { name: 'f' } }] }, 'tools[0].function'],
    [
      'a choice in their shape',
      { ...base, tools: [{ type: 'function', name: 'f' }], tool_choice: { type: 'function', function: { name: 'f' } } },
      'tool_choice.function',
    ],
    [
      'a schema in their shape',
      { ...base, text: { format: { type: 'json_schema', json_schema: { name: 'n', schema } } } },
      'text.format.json_schema',
    ],
    [
      'an open schema that is to be strict',
      { ...base, text: { format: { type: 'json_schema', name: 'n', strict: true, schema } } },
      'text.format.schema',
    ],
    ['JSON that nobody spoke of', { ...base, text: { format: { type: 'json_object' } } }, 'input'],
    ['a choice of a tool that is not there', { ...base, tool_choice: { type: 'function', name: 'f' } }, 'tool_choice'],
    ['a previous response', { ...base, previous_response_id: 'resp_1' }, 'previous_response_id'],
    ['a limit that is too low', { ...base, max_output_tokens: 15 }, 'max_output_tokens'],
    ['no input', { model: 'gpt-5.2' }, 'input'],
    ['an empty input', items(), 'input'],
    ['a reference', items({ type: 'item_reference', id: 'msg_1' }), 'input'],
    ['an id of what is not stored', items({ type: 'message', id: 'msg_1', role: 'assistant', content: 'Hi' }), 'input'],
    ['reasoning that is neither stored nor encrypted', items({ type: 'reasoning', id: 'rs_1', summary: [] }), 'input'],
    ['a call without its result', items(call), 'input'],
    ['a result without its call', items(output), 'input'],
    [
      'a part of a user among the assistant’s',
      items({ role: 'assistant', content: [{ type: 'input_text', text: 'Hi' }] }),
      'input[0].content[0].type',
    ],
    ['a part of chat completions', items({ role: 'user', content: [{ type: 'text', text: 'Hi' }] }), 'input[0].content[0].type'],
    [
      'an image in their shape',
      items({ role: 'user', content: [{ type: 'input_image', image_url: { url: 'x' } }] }),
      'input[0].content[0].image_url',
    ],
    ['a role of chat completions', items({ role: 'tool', content: 'Hi' }), 'input[0].role'],
    ['an unknown item', items({ type: 'thought' }), 'input[0].type'],
  ])('%s', (_, body, param) => {
    const result = acceptResponses(body)
    expect(result.kind === 'refused' && JSON.parse(result.refusal.body).error.param).toBe(param)
  })

  it('a sound one is understood', () => {
    const sealed = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' }
    const image = { type: 'input_image', image_url: 'data:image/png;base64,AA==' }
    const body = items({ role: 'user', content: 'Look' }, sealed, call, {
      ...output,
      output: [{ type: 'input_text', text: 'See' }, image],
    })
    expect(acceptResponses(body)).toMatchObject({ kind: 'accepted', prompt: { question: 'Look', results: ['See'], images: 1 } })
  })
})
