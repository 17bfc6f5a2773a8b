/**
 * What a learned line says of one request: the time until its first token, behind everyone who still waits for theirs. Batching
 * servers work through prompts before they write, so it is the prompt tokens ahead that count, not the requests.
 */
import type { Load } from './strategy'

export type FirstTokenLine = NonNullable<Load['firstToken']>

export function firstTokenMs(line: FirstTokenLine, load: Load, promptTokens: number): number {
  return (line.baseMs + line.slopeMsPerToken * ((line.ahead ?? 1) * load.waitingTokens + promptTokens)) * load.slowdown
}
