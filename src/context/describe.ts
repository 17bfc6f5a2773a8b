/**
 * What a request is, before any model is asked: deterministic, without a model call, and within a bounded amount of work however long the
 * conversation is. Every guess says how sure it is, and abstains rather than guess wildly.
 */
import type { ChatRequest } from '../chat'
import { Classifier, type Scores } from './classifier'
import { complexityOf } from './complexity'
import type { Features } from './features'
import { languageOf } from './language'
import { taskOf } from './task'
import { read } from './text'
import { estimatePromptTokens } from './tokens'
import { topicOf } from './topic'
import WEIGHTS from './weights/task.json' with { type: 'json' }

const classifier = new Classifier(WEIGHTS)

/** Guesses are made when first looked at: a request for one model or pool needs none of them, and they are most of the work. */
export function describe(chat: ChatRequest): Features {
  const reading = read(chat)
  let scores: Scores | undefined
  let isScored = false
  let language: Features['language'] | undefined
  let topic: Features['topic'] | undefined
  let task: Features['task'] | undefined
  let complexity: Features['complexity'] | undefined
  let promptTokens: number | undefined
  // topic, task and complexity are read off the text at once
  const scored = (): Scores | undefined => {
    if (!isScored) scores = classifier.score(reading)
    isScored = true
    return scores
  }
  return {
    get language() {
      language ??= languageOf(reading)
      return language
    },
    get topic() {
      topic ??= topicOf(scored())
      return topic
    },
    get task() {
      task ??= taskOf(chat, reading, scored())
      return task
    },
    get complexity() {
      complexity ??= complexityOf(scored())
      return complexity
    },
    modalities: reading.modalities,
    tools: (chat.tools?.length ?? 0) > 0,
    jsonSchema: chat.response_format?.type === 'json_schema',
    stream: chat.stream === true,
    get promptTokens() {
      promptTokens ??= estimatePromptTokens(chat)
      return promptTokens
    },
    turns: reading.turns,
    maxOutputTokens: chat.max_completion_tokens ?? chat.max_tokens ?? undefined,
  }
}
