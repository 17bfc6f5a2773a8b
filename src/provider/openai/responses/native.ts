/**
 * A Responses request for OpenAI's own API: the caller's own body with the model's name in it, never to be stored, without the router's controls, and asking
 * for no more than the model can write.
 *
 * The other changes follow from that nothing is stored. An item's id names what a server keeps, and this one does not have it, or it is
 * one that the router made for another provider's answer; the API refuses ids that it does not find. Reasoning without its encrypted content is nothing
 * but such an id. So ids go, except beside encrypted reasoning, and reasoning that is not sealed for this API goes as a whole.
 */
import { stringAt } from '../../../json'
import type { Model } from '../../../model'
import { ok, type Result } from '../../../outcome'
import type { UpstreamRequest } from '../../dialect'
import type { Native } from '../../native'
import { atMost } from '../../translation/at-most'
import { encode } from '../../translation/encode'
import { requestHeaders } from '../../translation/headers'
import { withBeta } from '../beta'
import { mostTokens } from '../gpt'
import { type CallerRequest, namesLogprobs, type ResponsesBody } from './caller'
import { ownName } from './own-words'

/** `metadata` as it may go up; `beta` is the caller's header, undefined where there is none. */
export function nativeRequest(
  body: ResponsesBody,
  { lost, binding }: Pick<CallerRequest, 'lost' | 'binding'>,
  metadata: ResponsesBody['metadata'],
  beta: string | undefined,
): Native {
  return {
    dialect: 'openai-responses',
    lost,
    binding,
    // Log probabilities are asked for by either field
    called: field => (field === 'logprobs' && !namesLogprobs(body) ? 'top_logprobs' : ownName(field)),
    request: (model: Model, key: string | undefined) => {
      const upstream = upstreamRequest(
        {
          ...body,
          model: model.name,
          store: false,
          ...(typeof body.max_output_tokens === 'number' && {
            max_output_tokens: atMost(mostTokens(model.name), body.max_output_tokens),
          }),
          ...(typeof body.input === 'object' && body.input !== null && { input: withoutState(body.input) }),
          ...('metadata' in body && { metadata }),
        },
        model,
        key,
        body.store === true ? ['store'] : [],
      )
      return upstream.ok ? ok(withBeta(upstream.value, beta)) : upstream
    },
  }
}

export function upstreamRequest(
  body: unknown,
  model: Model,
  key: string | undefined,
  dropped: readonly string[],
): Result<UpstreamRequest> {
  const text = encode(body)
  if (!text.ok) return text
  const headers = requestHeaders(
    { 'content-type': 'application/json', authorization: key === undefined ? undefined : `Bearer ${key}` },
    model.headers,
  )
  return ok({ url: `${model.baseUrl}/responses`, headers, body: text.value, dropped })
}

type Item = Exclude<ResponsesBody['input'], string | null | undefined>[number]

/** Items that the API takes without an id. Of others, whatever they may be, the id stays. */
const NAMELESS: ReadonlySet<string> = new Set([
  ...['message', 'function_call', 'function_call_output', 'custom_tool_call', 'custom_tool_call_output'],
])

/** Characters. Other providers' calls may have longer ids, which are renamed on both sides, in the order in which they appear. */
const LONGEST_CALL_ID = 64

function withoutState(items: readonly Item[]): Item[] {
  const names = new Map<string, string>()
  const named = (item: Item): Item => {
    const id = stringAt(item, 'call_id')
    if (id === undefined || id.length <= LONGEST_CALL_ID) return item
    const name = names.get(id) ?? `call_renamed_${names.size}`
    names.set(id, name)
    return { ...item, call_id: name }
  }
  return items.flatMap(item => {
    const type = item.type ?? 'message'
    if (type === 'reasoning') return stringAt(item, 'encrypted_content') ? [item] : []
    if (!NAMELESS.has(type) || !('id' in item)) return [named(item)]
    const { id: _, ...rest } = item
    return [named(rest)]
  })
}
