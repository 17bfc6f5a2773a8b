/** Simulated Anthropic: Messages and its token count. */
import { acceptAnthropic } from './accept/anthropic'
import { anthropicErrorFrame, invalidAnthropic, refuseAnthropic } from './error/anthropic'
import { bearer, type Endpoint, keyProblem, type Provider, type Reply } from './provider'
import { anthropicBody, anthropicFrames } from './wire/anthropic'

function countTokens(body: unknown): Reply {
  const result = acceptAnthropic(body, true)
  return result.kind === 'refused' ? result : { kind: 'json', body: { input_tokens: result.prompt.promptTokens } }
}

const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  'POST /v1/messages': {
    kind: 'chat',
    accept: body => acceptAnthropic(body),
    json: answer => JSON.stringify(anthropicBody(answer)),
  },
  'POST /v1/messages/count_tokens': { kind: 'reply', reply: countTokens },
}

/** Per minute. */
const LIMITS = { requests: 4_000, 'input-tokens': 2_000_000, 'output-tokens': 400_000 }

function rateLimits(nowMs: number, promptTokens: number): Readonly<Record<string, string>> {
  const used = { requests: 1, 'input-tokens': promptTokens, 'output-tokens': 0 }
  const entries = (['requests', 'input-tokens', 'output-tokens'] as const).flatMap(kind => {
    const limit = LIMITS[kind]
    const left = Math.max(0, limit - used[kind])
    const fullAtMs = nowMs + ((limit - left) / limit) * 60_000
    return [
      [`anthropic-ratelimit-${kind}-limit`, String(limit)],
      [`anthropic-ratelimit-${kind}-remaining`, String(left)],
      [`anthropic-ratelimit-${kind}-reset`, new Date(Math.ceil(fullAtMs / 1000) * 1000).toISOString().replace('.000Z', 'Z')],
    ]
  })
  return Object.fromEntries(entries)
}

export const anthropic: Provider = {
  name: 'anthropic',
  format: "Anthropic's",
  endpoint: (method, path) => ENDPOINTS[`${method} ${path}`],
  // the official client sends its key as a bearer token since version 1, everybody else in the older header
  admit: headers =>
    keyProblem(headers.get('x-api-key') ?? bearer(headers), refuseAnthropic) ??
    (headers.has('anthropic-version') ? undefined : invalidAnthropic('anthropic-version: header is required')),
  identity: (unique, nowMs) => ({
    id: `msg_${unique.slice(0, 24)}`,
    callId: `toolu_${unique.slice(0, 24)}`,
    createdSeconds: Math.floor(nowMs / 1000),
  }),
  stream: anthropicFrames,
  streamType: 'text/event-stream; charset=utf-8',
  refuse: refuseAnthropic,
  errorFrame: anthropicErrorFrame,
  headers: (unique, nowMs, promptTokens) => ({
    'request-id': `req_${unique.slice(0, 24)}`,
    'anthropic-organization-id': '00000000-0000-4000-8000-000000000000',
    ...rateLimits(nowMs, promptTokens),
  }),
}
