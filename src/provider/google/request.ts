/** From a chat-completions request to Gemini's `generateContent` and `streamGenerateContent`. */

import type { ChatRequest } from '../../chat'
import type { Model } from '../../model'
import { ok, type Result } from '../../outcome'
import type { UpstreamRequest } from '../dialect'
import { atMost } from '../translation/at-most'
import { encode } from '../translation/encode'
import { unsupported } from '../translation/fault'
import { requestHeaders } from '../translation/headers'
import { leftover } from '../translation/leftover'
import { type Traits, traitsOf } from './gemini'
import { conversation } from './messages'
import { pathOf } from './resource'
import { thinkingConfig } from './thinking'
import { toolsOf } from './tools'
import type { GenerateContentRequest, GenerationConfig } from './wire'

const UNDERSTOOD: ReadonlySet<string> = new Set([
  ...['temperature', 'top_p', 'top_k', 'frequency_penalty', 'presence_penalty', 'max_tokens', 'max_completion_tokens'],
  ...['n', 'seed', 'stop', 'logprobs', 'top_logprobs', 'tools', 'tool_choice', 'response_format', 'reasoning_effort'],
])

/** The API refuses more. */
const MOST_STOPS = 5

export function request(chat: ChatRequest, model: Model, key: string | undefined): Result<UpstreamRequest> {
  const traits = traitsOf(model.name)
  const others = leftover(chat, UNDERSTOOD)
  if (!others.ok) return others
  const talk = conversation(chat, traits)
  if (!talk.ok) return talk
  const tools = toolsOf(chat)
  if (!tools.ok) return tools
  const format = responseFormat(chat, traits)
  if (!format.ok) return format
  const { system, contents } = talk.value
  if (!traits.prefill && contents.at(-1)?.role === 'model') {
    return unsupported(`messages[${chat.messages.length - 1}]`, 'This Gemini answers only what ends with the user or a tool.')
  }

  const stop = (typeof chat.stop === 'string' ? [chat.stop] : (chat.stop ?? [])).filter(sequence => sequence !== '')
  if (stop.length > MOST_STOPS) return unsupported('stop', `Gemini takes at most ${MOST_STOPS} stop sequences.`)
  const sampling = samplingOf(chat, traits)
  const effort = chat.reasoning_effort ?? undefined
  const thinking = effort === undefined ? undefined : thinkingConfig(effort, traits)
  const generationConfig: GenerationConfig = {
    ...sampling.kept,
    ...limits(chat, stop, traits),
    ...logprobs(chat),
    ...format.value,
    ...(thinking !== undefined && { thinkingConfig: thinking }),
  }
  const body: GenerateContentRequest = {
    ...(system.length > 0 && { systemInstruction: { parts: system } }),
    contents,
    ...tools.value.request,
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
  }
  const encoded = encode(body)
  if (!encoded.ok) return encoded
  return ok({
    url: `${model.baseUrl}/v1beta/${pathOf(model.name)}:${chat.stream === true ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    // The key goes into a header: addresses end up in logs
    headers: requestHeaders({ 'content-type': 'application/json', 'x-goog-api-key': key }, model.headers),
    body: encoded.value,
    dropped: [
      ...others.value,
      ...sampling.dropped,
      ...tools.value.dropped,
      ...(effort !== undefined && thinking === undefined ? ['reasoning_effort'] : []),
    ],
  })
}

const SAMPLING = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
  ['frequency_penalty', 'frequencyPenalty'],
  ['presence_penalty', 'presencePenalty'],
] as const

function samplingOf(chat: ChatRequest, traits: Traits): { kept: GenerationConfig; dropped: readonly string[] } {
  const asked = SAMPLING.flatMap(([ours, theirs]) => {
    const value = chat[ours] ?? undefined
    return value === undefined ? [] : [{ ours, theirs, value }]
  })
  if (traits.sampling) return { kept: Object.fromEntries(asked.map(({ theirs, value }) => [theirs, value])), dropped: [] }
  // A penalty of zero is what happens anyway
  return {
    kept: {},
    dropped: asked.filter(({ ours, value }) => !(ours.endsWith('penalty') && value === 0)).map(({ ours }) => ours),
  }
}

function limits(chat: ChatRequest, stop: readonly string[], { mostTokens }: Traits): GenerationConfig {
  const maxOutputTokens = atMost(mostTokens, chat.max_completion_tokens ?? chat.max_tokens ?? undefined)
  const seed = chat.seed ?? undefined
  const n = chat.n ?? 1
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(stop.length > 0 && { stopSequences: stop }),
    ...(seed !== undefined && { seed }),
    ...(n > 1 && { candidateCount: n }),
  }
}

function logprobs(chat: ChatRequest): GenerationConfig {
  if (chat.logprobs !== true) return {}
  const top = chat.top_logprobs
  return { responseLogprobs: true, ...(typeof top === 'number' && top > 0 && { logprobs: top }) }
}

function responseFormat(chat: ChatRequest, traits: Traits): Result<GenerationConfig> {
  const wanted = chat.response_format
  if (wanted === null || wanted === undefined || wanted.type === 'text') return ok({})
  if (!traits.jsonBesideTools && (chat.tools ?? []).length > 0) {
    return unsupported('response_format', 'This Gemini answers in JSON or calls tools, not both.')
  }
  const schema = wanted.type === 'json_schema' ? wanted.json_schema.schema : undefined
  return ok({ responseMimeType: 'application/json', ...(schema !== undefined && { responseJsonSchema: schema }) })
}
