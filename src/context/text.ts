/**
 * What there is to read of a conversation, cut to a bounded number of characters: the guesses need the gist of what is asked, and
 * a request of ten megabytes must not cost more to classify than a short one.
 */
import type { ChatMessage, ChatRequest } from '../chat'
import { MODALITIES, type Modality } from './features'

/** 2,800 characters in all. The last user turn says what is asked, most often in its first or its last sentence. */
const LAST_HEAD_CHARACTERS = 1_200
const LAST_TAIL_CHARACTERS = 600
const EARLIER_CHARACTERS = 600
/** Of these, where not all fits. */
const FIRST_CHARACTERS = 200
const SYSTEM_CHARACTERS = 400

export interface Reading {
  /** The last user turn, at most its beginning and its end. */
  readonly last: string
  /** Earlier user turns, the newest first, and the beginning of the very first, which often says what all is about. */
  readonly earlier: string
  /** System and developer messages, from the beginning. */
  readonly system: string
  /** Characters of the last user turn before it was cut. */
  readonly lastCharacters: number
  /** Every kind of input in the conversation, in the order of `MODALITIES`. */
  readonly modalities: readonly Modality[]
  /** User turns. */
  readonly turns: number
  /** The conversation ends with a tool's result, which the model is to act on. */
  readonly resumesTool: boolean
}

type Part = Exclude<ChatMessage['content'], string | null | undefined>[number]

const TEXT = 1
const IMAGE = 2
const AUDIO = 4
const DOCUMENT = 8
/** Bits in the order of `MODALITIES`. */
const MODALITY_OF = {
  text: TEXT,
  refusal: TEXT,
  image_url: IMAGE,
  input_audio: AUDIO,
  file: DOCUMENT,
} as const satisfies Record<Part['type'], number>
/** By the sum of their bits: there are so few that none need be listed anew for each request. */
const PRESENT: readonly (readonly Modality[])[] = Array.from({ length: 1 << MODALITIES.length }, (_, bits) =>
  MODALITIES.filter((_, index) => (bits >> index) % 2 === 1),
)

function textsOf(content: ChatMessage['content']): readonly string[] {
  if (content === null || content === undefined) return []
  if (typeof content === 'string') return [content]
  return content.flatMap(part => (part.type === 'text' ? [part.text] : []))
}

/** The first `limit` characters of the texts taken in order, a line break between two. */
function head(texts: readonly string[], limit: number): string {
  let taken = ''
  for (const text of texts) {
    const room = limit - taken.length
    if (room <= 0) break
    taken += taken === '' ? text.slice(0, room) : `\n${text}`.slice(0, room)
  }
  return taken
}

function tail(texts: readonly string[], limit: number): string {
  let taken = ''
  for (let index = texts.length - 1; index >= 0 && taken.length < limit; index--) {
    const text = texts[index] ?? ''
    const room = limit - taken.length
    taken = (taken === '' ? text : `${text.slice(-room)}\n`).slice(-room) + taken
  }
  return taken
}

export function read(chat: ChatRequest): Reading {
  let present = 0
  const systems: string[] = []
  const users: (readonly string[])[] = []
  for (const message of chat.messages) {
    const { content } = message
    if (typeof content === 'string') {
      if (content !== '') present |= TEXT
    } else for (const part of content ?? []) present |= MODALITY_OF[part.type]
    if (message.role === 'user') users.push(textsOf(content))
    else if (message.role === 'system' || message.role === 'developer') systems.push(...textsOf(content))
  }
  const turns = users.length
  const last = users.pop() ?? []
  const lastCharacters = last.reduce((sum, text) => sum + text.length, 0)
  const whole = LAST_HEAD_CHARACTERS + LAST_TAIL_CHARACTERS
  return {
    last:
      lastCharacters + last.length <= whole
        ? head(last, whole)
        : `${head(last, LAST_HEAD_CHARACTERS)}\n${tail(last, LAST_TAIL_CHARACTERS - 1)}`,
    earlier: earlierOf(users),
    system: head(systems, SYSTEM_CHARACTERS),
    lastCharacters,
    modalities: PRESENT[present] ?? [],
    turns,
    resumesTool: chat.messages.at(-1)?.role === 'tool',
  }
}

function earlierOf(users: readonly (readonly string[])[]): string {
  const first = users[0]
  if (first === undefined) return ''
  // no more turns than can have a share of the budget
  const newest = users.slice(-EARLIER_CHARACTERS).reverse().flat()
  const all = head(newest, EARLIER_CHARACTERS + 1)
  if (all.length <= EARLIER_CHARACTERS && users.length <= EARLIER_CHARACTERS) return all
  return `${head(newest, EARLIER_CHARACTERS - FIRST_CHARACTERS)}\n${head(first, FIRST_CHARACTERS - 1)}`
}
