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

/** A number for each of a list, in its order. */
type Each<List extends readonly unknown[]> = { readonly [Place in keyof List]: number }

export function taskOf(chat: ChatRequest, reading: Reading, scores: Scores | undefined): Guess<Task> {
  const offered = (chat.tools?.length ?? 0) > 0 && chat.tool_choice !== 'none'
  const named = typeof chat.tool_choice === 'object' && chat.tool_choice !== null
  if (offered && (reading.resumesTool || named || chat.tool_choice === 'required')) return FORCED
  const left = offered ? 1 - OFFERED : 1
  // what is asked may be anything: only the tools say something
  if (scores === undefined || topicOf(scores).value === undefined)
    return { value: offered ? 'tool_use' : undefined, confidence: 1 - left }

  const of = (place: number): number => scores.topics[place] ?? 0
  const asked = scores.questions > 0 ? ASKED_OF_CODE.withQuestion : ASKED_OF_CODE.without
  const odds = (scores.extract / (1 - scores.extract)) * (chat.response_format?.type === 'json_schema' ? SCHEMA_ODDS : 1)
  const extract = odds / (1 + odds)
  const asks = of(PLACES.knowledge_qa) + of(PLACES.advice_planning) + of(PLACES.math_reasoning) + of(PLACES.technical_support)
  const question = left * (asks + asked * of(PLACES.coding))
  const generate = left * (of(PLACES.creative_writing) + of(PLACES.functional_writing) + (1 - asked) * of(PLACES.coding))
  const transform = left * (1 - extract) * of(PLACES.text_transform)
  const extracts = left * extract * of(PLACES.text_transform)
  const converse = left * of(PLACES.chitchat)
  // a list and not a record: to look up names that are in a variable is slow
  const probabilities: Each<typeof TASKS> = [question, generate, transform, extracts, converse, 1 - left]
  let best = 0
  for (let index = 1; index < TASKS.length; index++) if ((probabilities[index] ?? 0) > (probabilities[best] ?? 0)) best = index
  const confidence = probabilities[best] ?? 0
  return { value: confidence >= LEAST_TASK_CONFIDENCE ? TASKS[best] : undefined, confidence }
}
