/**
 * `OpenAI-Beta`, by which a caller turns on what OpenAI's own API has not released yet. It goes up where caller and upstream both speak OpenAI's words;
 * servers that are merely compatible have no betas of OpenAI's, and a translated request asks for none.
 */
import type { ChatRequest } from '../../chat'
import type { Model } from '../../model'
import { ok } from '../../outcome'
import type { UpstreamRequest } from '../dialect'
import type { Native } from '../native'
import { requestHeaders } from '../translation/headers'
import { request } from './request'

export const BETA = 'openai-beta'

/** What the configuration sets wins. */
export function withBeta(upstream: UpstreamRequest, beta: string | undefined): UpstreamRequest {
  return { ...upstream, headers: requestHeaders({ [BETA]: beta }, upstream.headers) }
}

/** A chat that names a beta. `chat` as it may go up: the router's controls are not the upstream's. */
export function chatWithBeta(chat: ChatRequest, beta: string): Native {
  return {
    dialect: 'openai',
    lost: [],
    binding: undefined,
    request(model: Model, key: string | undefined) {
      const upstream = request(chat, model, key)
      return upstream.ok && model.provider === 'openai' ? ok(withBeta(upstream.value, beta)) : upstream
    },
  }
}
