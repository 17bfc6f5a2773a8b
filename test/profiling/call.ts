/** One question to one model, and what it costs at the most. */
import { createHash } from 'node:crypto'
import { estimateTextTokens } from '../../src/context/tokens'
import type { Question } from '../../src/profile/question'
import type { Target } from './models'

/** Room for reasoning, which counts as output and may be ten times the answer. */
const MAX_TOKENS = 4_096
/** When reasoning has used up all the room, the question is asked once more with so many times as much. */
export const WIDER = 4
/** An estimate of tokens may be as much too low as that; then what a provider writes around a prompt. */
const PROMPT_MARGIN = 1.5
const PROMPT_EXTRA_TOKENS = 50
/** Raised when the same key would no longer mean the same request. */
const VERSION = 1

export interface Call {
  /** The same for the same question to the same model under the same settings: what a second run need not ask again. */
  readonly key: string
  readonly target: Target
  /** The item, or the contest, for people who read the record. */
  readonly label: string
  readonly prompt: string
  readonly maxTokens: number
  /** Undefined leaves it to the model. */
  readonly temperature: number | undefined
}

export function callOf(target: Target, label: string, prompt: string, temperature: number | undefined, repeat: number): Call {
  const room = target.contextWindow === undefined ? MAX_TOKENS : Math.floor(target.contextWindow / 2)
  const maxTokens = Math.min(MAX_TOKENS, room)
  const settings = JSON.stringify([VERSION, target.id, target.name, label, prompt, temperature ?? null, maxTokens, repeat])
  const key = createHash('sha256').update(settings).digest('hex').slice(0, 32)
  return { key, target, label, prompt, maxTokens, temperature }
}

/** Briefs get the model's own temperature, as a user's would; everything else is to be the same on every run, as far as a model can be. */
export const questionCall = (target: Target, { item, prompt }: Question, repeat: number): Call =>
  callOf(target, item.id, prompt, item.kind === 'brief' ? undefined : 0, repeat)

export const promptTokensOf = ({ prompt }: Pick<Call, 'prompt'>): number => estimateTextTokens([prompt]) + PROMPT_EXTRA_TOKENS

export const usdOf = ({ price }: Target, inputTokens: number, outputTokens: number): number =>
  (inputTokens * price.input + outputTokens * price.output) / 1e6

export const worstUsd = (call: Call): number => usdOf(call.target, PROMPT_MARGIN * promptTokensOf(call), call.maxTokens)
