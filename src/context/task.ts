/** What is to be done, whatever the topic: answer, write, change a given text, pull something out of it, chat, or call tools. */
import type { ChatRequest } from '../chat'
import type { Evidence } from './evidence'
import { type Guess, TASKS, type Task } from './features'
import { guess } from './softmax'
import type { Reading } from './text'

/** Below this the guess abstains. With six tasks and "none of them", chance is 0.14. */
export const LEAST_TASK_CONFIDENCE = 0.3
const NONE = 0.6

/** The request leaves the model no choice but to call a tool, or the model is in the midst of it. Not certain: it may refuse. */
const FORCED: Guess<Task> = { value: 'tool_use', confidence: 0.95 }
/** Tools are offered. Many clients attach theirs to every request, so this decides only where little else speaks. */
const OFFERED = 2.2

const SMALL_TALK_WORDS = 20
const both = (one: number, other: number): number => Math.min(1, one, other)

export function taskOf(chat: ChatRequest, reading: Reading, evidence: Evidence): Guess<Task> {
  const offered = (chat.tools?.length ?? 0) > 0 && chat.tool_choice !== 'none'
  const named = typeof chat.tool_choice === 'object' && chat.tool_choice !== null
  if (offered && (reading.resumesTool || named || chat.tool_choice === 'required')) return FORCED

  const { strength: cue, shape, words } = evidence
  const asks = Math.max(Math.min(1, cue.ask), shape.questions > 0 ? 1 : 0)
  const product = Math.max(cue.fiction, cue.document, cue.code)
  const transform = Math.min(1.5, cue.transform)
  const score: Record<Task, number> = {
    question:
      1.3 * asks +
      0.8 * cue.fact +
      0.7 * cue.howto +
      0.5 * cue.advice +
      0.6 * cue.quantity +
      0.5 * cue.fault +
      (shape.options ? 1.2 : 0),
    generate: 0.8 * cue.write + 1.5 * both(cue.write, product) + 0.5 * product + 0.6 * cue.roleplay,
    transform: 2 * transform + (shape.quoted ? 0.5 : 0),
    extract: 1.8 * cue.extract + (chat.response_format?.type === 'json_schema' ? 0.8 : 0),
    converse: (words <= SMALL_TALK_WORDS ? 2.4 : 0.8) * cue.greet,
    tool_use: offered ? OFFERED : 0,
  }
  return guess(
    TASKS.map(value => ({ value, score: score[value] })),
    NONE,
    LEAST_TASK_CONFIDENCE,
  )
}
