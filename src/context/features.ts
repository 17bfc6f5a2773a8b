/** What is known of a request before any model is asked. Every guess carries how sure it is. */

export const TOPICS = [
  'coding',
  'math_reasoning',
  'creative_writing',
  'functional_writing',
  'text_transform',
  'knowledge_qa',
  'advice_planning',
  'technical_support',
  'chitchat',
] as const
export type Topic = (typeof TOPICS)[number]

export const TASKS = ['question', 'generate', 'transform', 'extract', 'converse', 'tool_use'] as const
export type Task = (typeof TASKS)[number]

export const MODALITIES = ['text', 'image', 'audio', 'document'] as const
export type Modality = (typeof MODALITIES)[number]

/** `value` undefined means that the classifier abstains. `confidence` is a probability, 0..1. */
export interface Guess<T> {
  readonly value: T | undefined
  readonly confidence: number
}

export interface Features {
  /** ISO 639-1. */
  readonly language: Guess<string>
  readonly topic: Guess<Topic>
  readonly task: Guess<Task>
  /** 0 (any model will do) to 1 (needs the strongest). */
  readonly complexity: Guess<number>
  /** Every kind of input that the request holds, text included. */
  readonly modalities: readonly Modality[]
  readonly tools: boolean
  readonly jsonSchema: boolean
  readonly stream: boolean
  /** Estimated size of the prompt. */
  readonly promptTokens: number
  /** The most that may be answered, where the client says so. */
  readonly maxOutputTokens?: number | undefined
  readonly turns: number
}

const ABSTAINS = { value: undefined, confidence: 0 } as const

/** Of a request whose text was not looked at. */
export const UNDESCRIBED: Omit<Features, 'promptTokens'> = {
  language: ABSTAINS,
  topic: ABSTAINS,
  task: ABSTAINS,
  complexity: ABSTAINS,
  modalities: ['text'],
  tools: false,
  jsonSchema: false,
  stream: false,
  turns: 1,
}
