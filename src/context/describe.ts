/**
 * What a request is, before any model is asked: deterministic, without a model call, and within a bounded amount of work however long the
 * conversation is. Every guess says how sure it is, and abstains rather than guess wildly.
 */
import type { ChatRequest } from '../chat'
import { Classifier } from './classifier'
import { complexityOf } from './complexity'
import type { Features } from './features'
import { languageOf } from './language'
import { taskOf } from './task'
import { read } from './text'
import { estimatePromptTokens } from './tokens'
import { topicOf } from './topic'
import WEIGHTS from './weights/task.json' with { type: 'json' }

const classifier = new Classifier(WEIGHTS)

/**
 * Plain data, all of it at once, though a request for one model needs few of the guesses. Getters would put the others off, but no two objects with
 * getters of their own are alike to V8: to make, read and copy one takes as long as a guess.
 */
export function describe(chat: ChatRequest): Features {
  const reading = read(chat)
  // topic, task and complexity are read off the text at once
  const scores = classifier.score(reading)
  return {
    language: languageOf(reading),
    topic: topicOf(scores),
    task: taskOf(chat, reading, scores),
    complexity: complexityOf(scores),
    modalities: reading.modalities,
    tools: (chat.tools?.length ?? 0) > 0,
    jsonSchema: chat.response_format?.type === 'json_schema',
    stream: chat.stream === true,
    promptTokens: estimatePromptTokens(chat),
    turns: reading.turns,
    maxOutputTokens: chat.max_completion_tokens ?? chat.max_tokens ?? undefined,
  }
}
