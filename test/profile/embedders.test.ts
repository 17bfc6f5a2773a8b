import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config'
import { does } from '../../src/model'
import { isEmbedder } from '../../src/profile/embedders'
import config from '../../src/router.config'

describe('a name', () => {
  it.each([
    ...['text-embedding-3-small', 'text-embedding-ada-002', 'gemini-embedding-001', 'text-multilingual-embedding-002'],
    ...['nomic-embed-text:v1.5', 'mxbai-embed-large', 'mistral-embed', 'Qwen/Qwen3-Embedding-8B', 'embeddinggemma'],
    ...['@cf/baai/bge-m3', 'BAAI/bge-large-en-v1.5', 'intfloat/multilingual-e5-large', 'thenlper/gte-base', 'voyage-3.5'],
    ...['sentence-transformers/all-MiniLM-L6-v2', 'cohere.embed-v4:0'],
  ])('%s tells that its model makes embeddings', name => {
    expect(isEmbedder(name)).toBe(true)
  })

  it.each([
    ...['gpt-5.2', 'claude-sonnet-5', 'gemini-3-flash', 'llama-4', 'bge-reranker-v2-m3', 'BAAI/bge-reranker-large'],
    ...['gemma-3', 'phi-4', 'step-3.5', 'mistral-large', 'unrelated-e5'],
  ])('%s tells of no such thing', name => {
    expect(isEmbedder(name)).toBe(false)
  })

  it('of the default configuration means that its model chats', () => {
    const parsed = parseConfig(config)
    const models = parsed.ok ? [...parsed.value.models.values()] : []
    expect(models.map(model => [does(model, 'chat'), does(model, 'embeddings')])).toEqual(models.map(() => [true, false]))
  })
})

describe('what a model does', () => {
  const base = { provider: 'openai-compatible', baseUrl: 'https://up.example/v1' } as const
  it.each([
    ['a name that tells nothing', { model: 'my-model' }, true, false],
    ['a name that tells of embeddings', { model: 'nomic-embed-text' }, false, true],
    ['the capability', { model: 'my-model', capabilities: ['embeddings'] }, false, true],
    ['the capability, and that it chats too', { model: 'my-model', capabilities: ['embeddings', 'chat'] }, true, true],
    ['capabilities of a chat', { model: 'my-model', capabilities: ['tools'] }, true, false],
    ['capabilities against its name', { model: 'embed-and-chat', capabilities: ['chat'] }, true, false],
    ['no capability at all', { model: 'my-model', capabilities: [] }, true, false],
  ] as const)('follows from %s', (_, fields, chats, embeds) => {
    const parsed = parseConfig({
      models: { m: { ...base, ...fields, ...('capabilities' in fields && { capabilities: [...fields.capabilities] }) } },
    })
    const model = parsed.ok ? parsed.value.models.get('m') : undefined
    if (model === undefined) throw new Error('it is not configured')
    expect([does(model, 'chat'), does(model, 'embeddings')]).toEqual([chats, embeds])
  })

  it('of Anthropic is never embeddings, and who configures them is told', () => {
    const claude = { provider: 'anthropic', model: 'claude-sonnet-5', capabilities: ['embeddings'] }
    expect(parseConfig({ models: { claude } })).toMatchObject({
      ok: false,
      failure: [
        { field: 'models.claude.capabilities', expected: 'capabilities without "embeddings", which Anthropic does not offer' },
      ],
    })
  })
})
