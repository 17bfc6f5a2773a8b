import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { ResponsesSchema, readResponses } from '../../../../src/provider/openai/responses/caller'
import { nativeRequest } from '../../../../src/provider/openai/responses/native'
import { model } from '../../requests'

const GPT = model({
  provider: 'openai',
  name: 'gpt-5.2',
  baseUrl: 'https://api.openai.test/v1',
  headers: { 'OpenAI-Project': 'p' },
})

function sent(fields: Record<string, unknown>, metadata?: Record<string, string>, beta?: string) {
  const body = v.parse(ResponsesSchema, { model: 'auto', input: 'Hi', ...fields })
  const read = readResponses(body)
  if (!read.ok) throw new Error(JSON.stringify(read.failure))
  const request = nativeRequest(body, read.value, metadata, beta).request(GPT, 'sk-1')
  if (!request.ok) throw new Error(JSON.stringify(request.failure))
  return { ...request.value, body: JSON.parse(request.value.body) }
}

describe('the caller’s own body', () => {
  it('goes up under the key, with the model’s name in it and never to be stored', () => {
    const { url, headers, body, dropped } = sent({})
    expect(url).toBe('https://api.openai.test/v1/responses')
    expect(headers).toEqual({ 'content-type': 'application/json', authorization: 'Bearer sk-1', 'openai-project': 'p' })
    expect(body).toEqual({ model: 'gpt-5.2', input: 'Hi', store: false })
    expect(dropped).toEqual([])
  })

  it('keeps every other field as it came, known here or not', () => {
    const fields = {
      brand_new: { deep: [1, null, 'ü'] },
      include: ['reasoning.encrypted_content'],
      truncation: 'auto',
      stream: true,
      stream_options: { include_obfuscation: false },
      tools: [{ type: 'custom', name: 'sql', format: { type: 'text' } }, { type: 'apply_patch' }],
      text: { verbosity: 'low' },
      input: [{ role: 'user', content: [{ type: 'brand_new', x: 1 }], odd: true }],
    }
    expect(sent(fields).body).toEqual({ ...fields, model: 'gpt-5.2', store: false })
  })

  it('goes up under the betas that the caller names', () => {
    expect(sent({}, undefined, 'one=v1,two=v2').headers).toMatchObject({ 'openai-beta': 'one=v1,two=v2', 'openai-project': 'p' })
    expect(sent({}).headers).not.toHaveProperty('openai-beta')
  })

  it('says so where it was to be stored', () => {
    expect(sent({ store: true })).toMatchObject({ body: { store: false }, dropped: ['store'] })
    expect(sent({ store: false }).dropped).toEqual([])
  })

  it('has the metadata that is not the router’s', () => {
    const metadata = { 'x-router-key': 'k', project: 'p' }
    expect(sent({ metadata }, { project: 'p' }).body.metadata).toEqual({ project: 'p' })
    expect(sent({}).body).not.toHaveProperty('metadata')
  })

  it('names nothing that is stored nowhere: ids go, save beside encrypted reasoning', () => {
    const sealed = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAA' }
    const message = {
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [{ type: 'output_text', text: 'Hm.', annotations: [] }],
    }
    const call = { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}', status: 'completed' }
    const output = { type: 'function_call_output', call_id: 'c', output: '1' }
    const compaction = { type: 'compaction', id: 'cmp_1', encrypted_content: 'gAAA' }
    const input = [
      { role: 'user', content: 'Hi' },
      sealed,
      { ...message, id: 'msg_1' },
      { ...call, id: 'fc_1' },
      { ...output, id: 'fco_1' },
      compaction,
    ]
    expect(sent({ input }).body.input).toEqual([{ role: 'user', content: 'Hi' }, sealed, message, call, output, compaction])
  })

  it.each([
    ['never had its content asked for', { type: 'reasoning', id: 'rs_1', summary: [] }],
    ['was told to have none', { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: null }],
    ['was shown by another provider', { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] }],
  ])('reasoning that %s is left out: the API would look for it in vain', (_, reasoning) => {
    expect(sent({ input: [{ role: 'user', content: 'Hi' }, reasoning] }).body.input).toEqual([{ role: 'user', content: 'Hi' }])
  })

  it('asks for no more than the model can write, and otherwise for what was asked', () => {
    expect(sent({ max_output_tokens: 1_000_000 }).body.max_output_tokens).toBe(128_000)
    expect(sent({ max_output_tokens: 20 }).body.max_output_tokens).toBe(20)
  })

  it('calls with ids that are longer than the API takes are renamed, on both sides', () => {
    const [long, longer] = ['x'.repeat(65), 'y'.repeat(200)]
    const call = (call_id: string) => ({ type: 'function_call', call_id, name: 'f', arguments: '{}' })
    const output = (call_id: string) => ({ type: 'function_call_output', call_id, output: '1' })
    const input = [call(long), call('z'.repeat(64)), call(longer), output(longer), output('z'.repeat(64)), output(long)]
    expect(sent({ input }).body.input.map((item: { call_id: string }) => item.call_id)).toEqual([
      'call_renamed_0',
      'z'.repeat(64),
      'call_renamed_1',
      'call_renamed_1',
      'z'.repeat(64),
      'call_renamed_0',
    ])
  })

  it('nested too deeply to be written again is the mistake of the caller, and no crash', () => {
    const depth = 100_000
    const body = v.parse(ResponsesSchema, {
      model: 'auto',
      input: 'Hi',
      odd: JSON.parse(`${'['.repeat(depth)}${']'.repeat(depth)}`),
    })
    const result = nativeRequest(body, { lost: [], binding: undefined }, undefined, undefined).request(GPT, 'sk-1')
    expect(!result.ok && result.failure).toMatchObject({ kind: 'rejected', upstream: { status: 400 } })
  })
})

describe('a field that another provider has no word for is called what the caller called it', () => {
  const calledIn = (fields: Record<string, unknown>, field: string) => {
    const body = v.parse(ResponsesSchema, { model: 'auto', input: 'Hi', ...fields })
    return nativeRequest(body, { lost: [], binding: undefined }, undefined, undefined).called?.(field)
  }
  const include = ['message.output_text.logprobs']

  it.each([
    ['include', { include }, 'logprobs'],
    ['include', { include, top_logprobs: 3 }, 'logprobs'],
    ['top_logprobs', { top_logprobs: 3 }, 'logprobs'],
    ['top_logprobs', { include, top_logprobs: 3 }, 'top_logprobs'],
    ['text.verbosity', {}, 'verbosity'],
    ['seed', {}, 'seed'],
  ])('%s, of %j, for %s', (name, fields, field) => {
    expect(calledIn(fields, field)).toBe(name)
  })
})
