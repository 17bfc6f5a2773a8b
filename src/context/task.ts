/** What is to be done: answer, write, change a given text, pull something out of it, chat, or call tools. It follows from the topic, mostly. */
import type { ChatRequest } from '../chat'
import type { Scores } from './classifier'
import { type Guess, TASKS, type Task, TOPICS, type Topic } from './features'
import type { Reading } from './text'
import { topicOf } from './topic'

/** Below this the guess abstains. With six tasks chance is 0.17. */
export const LEAST_TASK_CONFIDENCE = 0.3

/** The request leaves the model no choice but to call a tool, or the model is in the midst of it. Not certain: it may refuse. */
const FORCED: Guess<Task> = { value: 'tool_use', confidence: 0.95 }
/** Tools are offered. Many clients attach theirs to every request, so this decides only where little else speaks. */
const OFFERED = 0.35
/** Of programs some ask and some are to be written; a question mark tells these apart in about three of four. */
const ASKED_OF_CODE = { withQuestion: 0.75, without: 0.25 } as const
/** Whoever wants an answer by a schema has something sorted or filled in. */
const SCHEMA_ODDS = 2

const placeOf = (topic: Topic): number => TOPICS.indexOf(topic)
const PLACES: Readonly<Record<Topic, number>> = {
  coding: placeOf('coding'),
  math_reasoning: placeOf('math_reasoning'),
  creative_writing: placeOf('creative_writing'),
  functional_writing: placeOf('functional_writing'),
  text_transform: placeOf('text_transform'),
  knowledge_qa: placeOf('knowledge_qa'),
  advice_planning: placeOf('advice_planning'),
  technical_support: placeOf('technical_support'),
  chitchat: placeOf('chitchat'),
}

export function taskOf(chat: ChatRequest, reading: Reading, scores: Scores | undefined): Guess<Task> {
  const offered = (chat.tools?.length ?? 0) > 0 && chat.tool_choice !== 'none'
  const named = typeof chat.tool_choice === 'object' && chat.tool_choice !== null
  if (offered && (reading.resumesTool || named || chat.tool_choice === 'required')) return FORCED
  const left = offered ? 1 - OFFERED : 1
  // what is asked may be anything: only the tools say something
  if (scores === undefined || topicOf(scores).value === undefined)
    return { value: offered ? 'tool_use' : undefined, confidence: 1 - left }

  const of = (topic: Topic): number => scores.topics[PLACES[topic]] ?? 0
  const asked = scores.questions > 0 ? ASKED_OF_CODE.withQuestion : ASKED_OF_CODE.without
  const odds = (scores.extract / (1 - scores.extract)) * (chat.response_format?.type === 'json_schema' ? SCHEMA_ODDS : 1)
  const extract = odds / (1 + odds)
  const probability: Record<Task, number> = {
    question:
      left * (of('knowledge_qa') + of('advice_planning') + of('math_reasoning') + of('technical_support') + asked * of('coding')),
    generate: left * (of('creative_writing') + of('functional_writing') + (1 - asked) * of('coding')),
    transform: left * (1 - extract) * of('text_transform'),
    extract: left * extract * of('text_transform'),
    converse: left * of('chitchat'),
    tool_use: 1 - left,
  }
  const value = TASKS.reduce((best, task) => (probability[task] > probability[best] ? task : best))
  const confidence = probability[value]
  return { value: confidence >= LEAST_TASK_CONFIDENCE ? value : undefined, confidence }
}
