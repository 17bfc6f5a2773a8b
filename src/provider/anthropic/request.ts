/** From a chat-completions request to Anthropic's `POST /v1/messages`. */
import type { ChatRequest } from '../../chat'
import type { Model } from '../../model'
import { ok, type Result } from '../../outcome'
import type { UpstreamRequest } from '../dialect'
import { atMost } from '../translation/at-most'
import { encode } from '../translation/encode'
import { unsupported } from '../translation/fault'
import { requestHeaders } from '../translation/headers'
import { leftover } from '../translation/leftover'
import { type Traits, traitsOf } from './claude'
import { conversation } from './messages'
import { outputFormat } from './output-format'
import { ownWish, thinkingFor } from './thinking'
import { toolsOf } from './tools'
import type { MessagesRequest, OutputConfig } from './wire'

/** The last version whose older models take sampling parameters; later ones refuse them for every model. */
export const VERSION = '2023-06-01'

/** Characters; the API refuses a longer `metadata.user_id`. */
const LONGEST_USER_ID = 256

const UNDERSTOOD: ReadonlySet<string> = new Set([
  ...[
    'temperature',
    'top_p',
    'top_k',
    'max_tokens',
    'max_completion_tokens',
    'n',
    'stop',
    'tools',
    'tool_choice',
    'parallel_tool_calls',
  ],
  ...['response_format', 'reasoning_effort', 'thinking', 'user', 'safety_identifier'],
])

export function request(chat: ChatRequest, model: Model, key: string | undefined): Result<UpstreamRequest> {
  const headers = requestHeaders(
    { 'content-type': 'application/json', 'x-api-key': key, 'anthropic-version': VERSION },
    model.headers,
  )
  const traits = traitsOf(model.name)
  if ((chat.n ?? 1) > 1) return unsupported('n', 'Claude gives one answer a request.')
  const others = leftover(chat, UNDERSTOOD)
  if (!others.ok) return others
  const talk = conversation(chat)
  if (!talk.ok) return talk
  const tools = toolsOf(chat, traits)
  if (!tools.ok) return tools
  const output = outputFormat(chat.response_format, traits)
  if (!output.ok) return output

  const { turns } = talk.value
  const prefilled = turns.at(-1)?.role === 'assistant'
  if (prefilled && !traits.prefill) {
    return unsupported(`messages[${chat.messages.length - 1}]`, 'This Claude answers only what ends with the user or a tool.')
  }
  // The word that every provider knows wins over Anthropic's own
  const own = chat.reasoning_effort ? undefined : ownWish(chat.thinking)
  const thinking = thinkingFor(
    {
      effort: chat.reasoning_effort ?? undefined,
      ...own,
      maxTokens: atMost(traits.mostTokens, chat.max_completion_tokens ?? chat.max_tokens ?? undefined),
      forcedTool: tools.value.forced,
      continues: prefilled || chat.messages.at(-1)?.role === 'tool',
    },
    traits,
  )
  const sampling = samplingOf(chat, headers['anthropic-version'] === VERSION && !thinking.active ? traits.sampling : 'none')
  const stop = stopSequences(chat.stop)
  const user = userId(chat)
  const system = [...talk.value.system, ...(output.value.instruction === undefined ? [] : [output.value.instruction])]
  const outputConfig: OutputConfig = {
    ...(thinking.effort !== undefined && { effort: thinking.effort }),
    ...(output.value.format !== undefined && { format: output.value.format }),
  }

  const body: MessagesRequest = {
    model: model.name,
    max_tokens: thinking.maxTokens,
    ...(system.length > 0 && { system }),
    messages: turns,
    ...(chat.stream === true && { stream: true }),
    ...sampling.kept,
    ...(stop.kept.length > 0 && { stop_sequences: stop.kept }),
    ...(tools.value.tools !== undefined && { tools: tools.value.tools }),
    ...(tools.value.choice !== undefined && { tool_choice: tools.value.choice }),
    ...(thinking.thinking !== undefined && { thinking: thinking.thinking }),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
    ...(user.kept !== undefined && { metadata: { user_id: user.kept } }),
  }
  const encoded = encode(body)
  if (!encoded.ok) return encoded
  return ok({
    url: `${model.baseUrl}/v1/messages`,
    headers,
    body: encoded.value,
    dropped: [
      ...others.value,
      ...sampling.dropped,
      ...stop.dropped,
      ...tools.value.dropped,
      ...(thinking.dropped && own === undefined ? ['reasoning_effort'] : []),
      ...((chat.thinking ?? false) !== false && (thinking.dropped || own === undefined) ? ['thinking'] : []),
      ...user.dropped,
    ],
  })
}

interface Kept<T> {
  readonly kept: T
  readonly dropped: readonly string[]
}

/** OpenAI's temperature reaches 2, Claude's 1: beyond that it is clamped, not scaled, since below 1 the two mean the same. */
function samplingOf(
  chat: ChatRequest,
  allowed: Traits['sampling'],
): Kept<Pick<MessagesRequest, 'temperature' | 'top_p' | 'top_k'>> {
  const temperature = chat.temperature ?? undefined
  const topP = chat.top_p ?? undefined
  const topK = chat.top_k ?? undefined
  const keepTemperature = temperature !== undefined && allowed !== 'none'
  const keepTopP = topP !== undefined && (allowed === 'both' || (allowed === 'one' && temperature === undefined))
  const keepTopK = topK !== undefined && allowed !== 'none'
  return {
    kept: {
      ...(keepTemperature && { temperature: Math.min(temperature, 1) }),
      ...(keepTopP && { top_p: topP }),
      ...(keepTopK && { top_k: topK }),
    },
    dropped: [
      ...(temperature !== undefined && !keepTemperature ? ['temperature'] : []),
      ...(topP !== undefined && !keepTopP ? ['top_p'] : []),
      ...(topK !== undefined && !keepTopK ? ['top_k'] : []),
    ],
  }
}

/** Claude refuses a stop sequence of white space alone. */
function stopSequences(stop: ChatRequest['stop']): Kept<readonly string[]> {
  const wanted = typeof stop === 'string' ? [stop] : (stop ?? [])
  const kept = wanted.filter(sequence => sequence.trim() !== '')
  return { kept, dropped: kept.length < wanted.length ? ['stop'] : [] }
}

function userId(chat: ChatRequest): Kept<string | undefined> {
  // OpenAI's newer name for the same thing; both are opaque ids for abuse detection
  const [field, value] = chat.user ? ['user', chat.user] : ['safety_identifier', chat.safety_identifier]
  if (typeof value !== 'string' || value === '') return { kept: undefined, dropped: [] }
  return value.length > LONGEST_USER_ID ? { kept: undefined, dropped: [String(field)] } : { kept: value, dropped: [] }
}
