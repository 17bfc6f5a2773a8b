/**
 * The caller's request in the caller's own words. The canonical request is what every decision rests on; but an upstream that speaks the
 * caller's dialect gets what the caller wrote, so that nothing of it is lost on the way to the canonical shape and back.
 */
import type { ChatRequest } from '../chat'
import type { Model } from '../model'
import { ok, type Result } from '../outcome'
import type { Dialect, UpstreamRequest } from './dialect'

export interface Native {
  readonly dialect: Dialect['name']
  request(model: Model, key: string | undefined): Result<UpstreamRequest>
  /** Fields that the canonical request has no word for and that other dialects answer without. */
  readonly lost: readonly string[]
  /** A field without which the answer would not be what was asked for, so that only this dialect can give it. Undefined: any can. */
  readonly binding: string | undefined
  /** The caller's own word for a field of the canonical request, where it is another. */
  readonly called?: (field: string) => string
}

/** In the caller's words where the upstream speaks the same dialect, else translated. */
export function requestTo(
  dialect: Dialect,
  { chat, native }: { readonly chat: ChatRequest; readonly native?: Native | undefined },
  model: Model,
  key: string | undefined,
): Result<UpstreamRequest> {
  if (native?.dialect === dialect.name) return native.request(model, key)
  const translated = dialect.request(chat, model, key)
  if (!translated.ok || native === undefined) return translated
  const { called = (field: string) => field } = native
  const dropped = new Set([...native.lost, ...translated.value.dropped.map(called)])
  return ok({ ...translated.value, dropped: [...dropped] })
}
