/** Gemini's log probabilities in OpenAI's shape: the chosen tokens, each with the alternatives at its step. */

import { listAt, numberAt, objectAt, stringAt } from '../../json'
import type { Logprobs } from '../translation/answer'

/** Of a candidate; undefined where it carries none. */
export function logprobsOf(candidate: unknown): Logprobs | undefined {
  const result = objectAt(candidate, 'logprobsResult')
  if (result === undefined) return undefined
  const alternatives = listAt(result, 'topCandidates')
  const content = listAt(result, 'chosenCandidates').map((chosen, step) => ({
    ...probability(chosen),
    top_logprobs: listAt(alternatives[step], 'candidates').map(probability),
  }))
  return { content, refusal: null }
}

function probability(candidate: unknown) {
  const token = stringAt(candidate, 'token') ?? ''
  return {
    token,
    bytes: [...new TextEncoder().encode(token)],
    // OpenAI's own value for "too unlikely to be listed"
    logprob: numberAt(candidate, 'logProbability') ?? -9999,
  }
}
