/**
 * What a request is, before any model is asked: deterministic, without a model call, and within a bounded amount of work however long the
 * conversation is. Rules over a lexicon; every guess says how sure it is, and abstains rather than guess wildly.
 */
import type { ChatRequest } from '../chat'
import { complexityOf } from './complexity'
import { type Evidence, evidenceOf } from './evidence'
import type { Features } from './features'
import { languageOf } from './language'
import { taskOf } from './task'
import { read } from './text'
import { estimatePromptTokens } from './tokens'
import { topicOf } from './topic'

/** Guesses are made when first looked at: a request for one model or pool needs none of them, and they are most of the work. */
export function describe(chat: ChatRequest): Features {
  const reading = read(chat)
  let evidence: Evidence | undefined
  let language: Features['language'] | undefined
  let topic: Features['topic'] | undefined
  let task: Features['task'] | undefined
  let complexity: Features['complexity'] | undefined
  const weigh = (): Evidence => {
    evidence ??= evidenceOf(reading)
    return evidence
  }
  return {
    get language() {
      language ??= languageOf(reading)
      return language
    },
    get topic() {
      topic ??= topicOf(weigh())
      return topic
    },
    get task() {
      task ??= taskOf(chat, reading, weigh())
      return task
    },
    get complexity() {
      complexity ??= complexityOf(reading, weigh())
      return complexity
    },
    modalities: reading.modalities,
    tools: (chat.tools?.length ?? 0) > 0,
    jsonSchema: chat.response_format?.type === 'json_schema',
    stream: chat.stream === true,
    promptTokens: estimatePromptTokens(chat),
    turns: reading.turns,
  }
}
