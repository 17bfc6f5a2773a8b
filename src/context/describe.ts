/**
 * What a request is, before any model is asked: deterministic, without a model call, and within a bounded amount of work however long the
 * conversation is. Rules over a lexicon; every guess says how sure it is, and abstains rather than guess wildly.
 */
import type { ChatRequest } from '../chat'
import { complexityOf } from './complexity'
import { evidenceOf } from './evidence'
import type { Features } from './features'
import { languageOf } from './language'
import { taskOf } from './task'
import { read } from './text'
import { estimatePromptTokens } from './tokens'
import { topicOf } from './topic'

export function describe(chat: ChatRequest): Features {
  const reading = read(chat)
  const evidence = evidenceOf(reading)
  return {
    language: languageOf(reading),
    topic: topicOf(evidence),
    task: taskOf(chat, reading, evidence),
    complexity: complexityOf(reading, evidence),
    modalities: reading.modalities,
    tools: (chat.tools?.length ?? 0) > 0,
    jsonSchema: chat.response_format?.type === 'json_schema',
    stream: chat.stream === true,
    promptTokens: estimatePromptTokens(chat),
    turns: reading.turns,
  }
}
