/** Deadlines that requests bring, and prices to weigh against them. */
import type { Fleet } from './fleet'
import type { ServerSpec } from './server'
import type { Trace } from './trace'

/**
 * A client knows how long answers usually take and not how long its own will: it allows so many times the time in which this part of all answers would be
 * complete at the middling model, idle.
 */
const QUANTILES = [0.5, 0.8, 0.95] as const
const PATIENCE = 2
/** Such a request stands for price 1. */
const PROMPT_TOKENS = 1_000
const OUTPUT_TOKENS = 200

/** Ms, one for each request of the trace. */
export function drawDeadlines(trace: Trace, { models }: Fleet, random: () => number): Float64Array {
  const middling = models.toSorted((a, b) => idleMs(a, PROMPT_TOKENS, OUTPUT_TOKENS) - idleMs(b, PROMPT_TOKENS, OUTPUT_TOKENS))[
    models.length >> 1
  ]
  if (middling === undefined) throw new RangeError('a fleet without models')
  const times = Float64Array.from({ length: trace.length }, (_, id) =>
    idleMs(middling, trace.input[id] ?? 1, trace.output[id] ?? 1),
  ).sort()
  const allowed = QUANTILES.map(quantile => PATIENCE * (times[Math.floor(quantile * (times.length - 1))] ?? 0))
  return Float64Array.from({ length: trace.length }, () => allowed[Math.floor(random() * allowed.length)] ?? 0)
}

/** Per output token: who is twice as quick costs four times as much. A model of 5 s for the middling request costs 1. */
export function priceOf(spec: ServerSpec): number {
  return (5_000 / idleMs(spec, PROMPT_TOKENS, OUTPUT_TOKENS)) ** 2
}

const idleMs = ({ baseMs, msPerPromptToken, msPerToken }: ServerSpec, promptTokens: number, outputTokens: number): number =>
  baseMs + msPerPromptToken * promptTokens + msPerToken * outputTokens
