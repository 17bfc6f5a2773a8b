/** Simulated OpenAI: chat completions, responses, embeddings and the model list. */
import { acceptOpenAi } from './accept/openai'
import { acceptResponses } from './accept/openai-responses'
import { acceptEmbeddings } from './embeddings'
import { openAiErrorFrame, refuseOpenAi, responsesErrorFrame } from './error/openai'
import { bearer, type Endpoint, keyProblem, type Provider } from './provider'
import { openAiBody, openAiFrames } from './wire/openai'
import { responseBody, responseFrames } from './wire/openai-responses'

const MODELS = ['gpt-5.2', 'gpt-5-mini', 'gpt-4.1', 'text-embedding-3-small', 'text-embedding-3-large']
/** 2026-01-01, seconds. */
const CREATED = 1_767_225_600

const modelList = {
  object: 'list',
  data: MODELS.map(id => ({ id, object: 'model', created: CREATED, owned_by: 'ringroad-simulator' })),
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'POST /v1/chat/completions': {
    kind: 'chat',
    accept: acceptOpenAi,
    json: (answer, wants) => JSON.stringify(openAiBody(answer, wants.choices)),
  },
  'POST /v1/responses': {
    kind: 'chat',
    accept: acceptResponses,
    json: (answer, { body }) => JSON.stringify(responseBody(answer, body)),
    stream: (answer, { body }) => responseFrames(answer, body),
    errorFrame: responsesErrorFrame,
  },
  'POST /v1/embeddings': { kind: 'reply', reply: acceptEmbeddings },
  'GET /v1/models': { kind: 'reply', reply: () => ({ kind: 'json', body: modelList }) },
}

/** Per minute. */
const REQUEST_LIMIT = 10_000
const TOKEN_LIMIT = 2_000_000

export const openai: Provider = {
  name: 'openai',
  format: "OpenAI's",
  endpoint: (method, path) => ENDPOINTS[`${method} ${path}`],
  admit: headers => keyProblem(bearer(headers), refuseOpenAi),
  identity: (unique, nowMs) => ({
    id: `chatcmpl-${unique}`,
    callId: `call_${unique.slice(0, 24)}`,
    createdSeconds: Math.floor(nowMs / 1000),
  }),
  stream: openAiFrames,
  streamType: 'text/event-stream; charset=utf-8',
  refuse: refuseOpenAi,
  errorFrame: openAiErrorFrame,
  headers: (unique, _, promptTokens) => ({
    'x-request-id': `req_${unique}`,
    'openai-version': '2020-10-01',
    'x-ratelimit-limit-requests': String(REQUEST_LIMIT),
    'x-ratelimit-remaining-requests': String(REQUEST_LIMIT - 1),
    'x-ratelimit-reset-requests': '6ms',
    'x-ratelimit-limit-tokens': String(TOKEN_LIMIT),
    'x-ratelimit-remaining-tokens': String(Math.max(0, TOKEN_LIMIT - promptTokens)),
    // the bucket fills at limit / 60 s
    'x-ratelimit-reset-tokens': `${Math.ceil((promptTokens / TOKEN_LIMIT) * 60_000)}ms`,
  }),
}
