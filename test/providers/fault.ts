/**
 * Faults on demand: a directive in the last user message makes a simulated provider fail, so that anyone can watch the router
 * move on. `[[openai: status 500]]` hits one provider, `[[any: …]]` every one; each provider obeys the first directive for it.
 *
 * | directive      | what the provider does                                                                      |
 * |----------------|---------------------------------------------------------------------------------------------|
 * | `status N`     | answers with status N and its own error body                                                |
 * | `overloaded`   | its own way to say so: 529 at Anthropic, 503 elsewhere                                      |
 * | `rate-limit S` | 429, asking to come back in S seconds (default 20)                                          |
 * | `quota`        | the account is out of money                                                                 |
 * | `too-long`     | the prompt exceeds the context window                                                       |
 * | `slow MS`      | first token MS milliseconds later (default 3000)                                            |
 * | `cut N`        | breaks the connection after N content events (default 0: only the opening was sent)         |
 * | `end N`        | ends the stream cleanly after N content events, without its end marker                      |
 * | `error N`      | sends its error event after N content events; without N, as the very first event            |
 * | `stall N`      | falls silent after N content events (default 0)                                             |
 * | `empty`        | status 200 and no body                                                                      |
 * | `html`         | status 200 and a web page                                                                   |
 *
 * A JSON answer has no events: it is cut, ended or stalled half-way, and `error` is an error body under status 200.
 */
import type { ProviderName } from './provider'

/** Where in a stream a fault strikes: before any event, after the opening ones, or after N that carry content. */
export type Moment = 'start' | 'opening' | number

export interface StreamFault {
  readonly kind: 'cut' | 'end' | 'error' | 'stall'
  readonly after: Moment
}

export type Fault =
  | { readonly kind: 'none' }
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'overloaded' | 'quota' | 'too-long' }
  | { readonly kind: 'rate-limit'; readonly retryAfterSeconds: number }
  | { readonly kind: 'slow'; readonly extraMs: number }
  | { readonly kind: 'stream'; readonly fault: StreamFault }
  | { readonly kind: 'empty' | 'html' }
  /** A misspelt directive must not pass for a healthy answer. */
  | { readonly kind: 'unknown'; readonly words: string }

const DIRECTIVE = /\[\[\s*(openai|anthropic|google|any)\s*:\s*([^\]]*?)\s*\]\]/giu

const DEFAULT_RETRY_AFTER_SECONDS = 20
const DEFAULT_SLOW_MS = 3000

export const withoutDirectives = (text: string): string => text.replaceAll(DIRECTIVE, '').replaceAll(/\s+/gu, ' ').trim()

export function faultFor(provider: ProviderName, question: string): Fault {
  for (const [, name, words] of question.matchAll(DIRECTIVE)) {
    const addressed = name?.toLowerCase()
    if (addressed === provider || addressed === 'any') return parse(words ?? '')
  }
  return { kind: 'none' }
}

function parse(words: string): Fault {
  const [, verb = '', digits] = /^([a-z-]+)(?:\s+(\d+))?$/iu.exec(words) ?? []
  const count = digits === undefined ? undefined : Number(digits)
  switch (verb.toLowerCase()) {
    case 'status':
      // a Response outside this range does not exist
      return count !== undefined && count >= 400 && count <= 599 ? { kind: 'status', status: count } : { kind: 'unknown', words }
    case 'overloaded':
      return { kind: 'overloaded' }
    case 'quota':
      return { kind: 'quota' }
    case 'too-long':
      return { kind: 'too-long' }
    case 'rate-limit':
      return { kind: 'rate-limit', retryAfterSeconds: count ?? DEFAULT_RETRY_AFTER_SECONDS }
    case 'slow':
      return { kind: 'slow', extraMs: count ?? DEFAULT_SLOW_MS }
    case 'cut':
      return { kind: 'stream', fault: { kind: 'cut', after: moment(count) } }
    case 'end':
      return { kind: 'stream', fault: { kind: 'end', after: moment(count) } }
    case 'stall':
      return { kind: 'stream', fault: { kind: 'stall', after: moment(count) } }
    case 'error':
      return { kind: 'stream', fault: { kind: 'error', after: count === undefined ? 'start' : moment(count) } }
    case 'empty':
      return { kind: 'empty' }
    case 'html':
      return { kind: 'html' }
    default:
      return { kind: 'unknown', words }
  }
}

const moment = (count: number | undefined): Moment => (count === undefined || count === 0 ? 'opening' : count)
