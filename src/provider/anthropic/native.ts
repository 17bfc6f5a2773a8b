/**
 * A Messages request for an upstream that speaks Messages too: the caller's own body with the model's name in it, and the headers by which
 * the caller chose a version and betas.
 *
 * The one other change undoes this router's own doing: thinking of other providers was shown without a signature (`surface.ts`), and the
 * API refuses a conversation that brings such blocks back.
 */
import type { Model } from '../../model'
import { ok, type Result } from '../../outcome'
import type { UpstreamRequest } from '../dialect'
import type { Native } from '../native'
import { encode } from '../translation/encode'
import { requestHeaders } from '../translation/headers'
import type { CallerRequest, MessagesBody } from './caller'
import { callersWord } from './caller-words'
import { VERSION } from './request'

/** Undefined where the caller sent none. */
export interface CallerHeaders {
  readonly version: string | undefined
  readonly beta: string | undefined
}

export type Endpoint = '/v1/messages' | '/v1/messages/count_tokens'

export function nativeRequest(
  endpoint: Endpoint,
  body: MessagesBody,
  { lost, binding }: Pick<CallerRequest, 'lost' | 'binding'>,
  caller: CallerHeaders,
): Native {
  return {
    dialect: 'anthropic',
    lost,
    binding,
    called: callersWord,
    request(model: Model, key: string | undefined): Result<UpstreamRequest> {
      const text = encode({ ...withoutUnsigned(body), model: model.name })
      if (!text.ok) return text
      const headers = requestHeaders(
        {
          'content-type': 'application/json',
          'x-api-key': key,
          'anthropic-version': caller.version ?? VERSION,
          'anthropic-beta': caller.beta,
        },
        model.headers,
      )
      return ok({ url: model.baseUrl + endpoint, headers, body: text.value, dropped: [] })
    },
  }
}

type Turn = MessagesBody['messages'][number]
type Block = Exclude<Turn['content'], string>[number]

const isUnsigned = (block: Block): boolean =>
  block.type === 'thinking' && (block.signature === undefined || block.signature === null || block.signature === '')

/** The same body where there is nothing to take out. */
function withoutUnsigned(body: MessagesBody): MessagesBody {
  const carries = ({ content }: Turn) => Array.isArray(content) && content.some(isUnsigned)
  if (!body.messages.some(carries)) return body
  const messages = body.messages.flatMap(turn => {
    if (typeof turn.content === 'string' || !carries(turn)) return [turn]
    const content = turn.content.filter(block => !isUnsigned(block))
    // Turns may not be empty; the turns around it are then of one speaker, which the API reads as one
    return content.length === 0 ? [] : [{ ...turn, content }]
  })
  return { ...body, messages }
}
