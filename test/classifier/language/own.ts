/**
 * What we wrote ourselves to learn from: prompts as people type them, in every language that shares its script, and names that say
 * nothing about the language around them.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hash32 } from '../../../src/algorithm/hash'
import type { Row } from './examples'

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8')

/** Words are learned in threes, as short as the shortest prompts. */
const WORDS_IN_ROW = 3
function inThrees({ lang, prompt }: Row): readonly Row[] {
  const words = prompt.split(' ')
  return words.flatMap((_, index) =>
    index % WORDS_IN_ROW === 0 ? [{ lang, prompt: words.slice(index, index + WORDS_IN_ROW).join(' ') }] : [],
  )
}

/** A line `# af` opens a language, each other line is a prompt in it. */
function rowsIn(text: string): readonly Row[] {
  let lang = ''
  const rows: Row[] = []
  for (const line of text.split('\n'))
    if (line.startsWith('# ')) lang = line.slice(2)
    else if (line !== '') rows.push({ lang, prompt: line })
  return rows
}

/** Prompts with which the other guesses are trained and tested: `{ prompt }` by line, the language in the name of the file. */
const CHAT_LANGUAGES = ['de', 'en', 'es', 'fr', 'zh']
const chatRows = (lang: string): readonly Row[] =>
  read(`../prompts/${lang}.jsonl`)
    .split('\n')
    .filter(line => line !== '')
    .map((line): unknown => JSON.parse(line))
    .flatMap(row =>
      typeof row === 'object' && row !== null && 'prompt' in row && typeof row.prompt === 'string'
        ? [{ lang, prompt: row.prompt }]
        : [],
    )

/** Never learned from: the measure of how prompts are recognised that are no sentences of newspapers. */
const PROMPTS_HELD_OUT_OF = 4
const CHATS_HELD_OUT_OF = 2
const isHeldOut = ({ prompt }: Row, of: number): boolean => hash32(prompt) % of === 0

const prompts = rowsIn(read('prompts.txt'))
const chats = CHAT_LANGUAGES.flatMap(chatRows)
export const OWN_ROWS: readonly Row[] = [
  ...prompts.filter(row => !isHeldOut(row, PROMPTS_HELD_OUT_OF)),
  ...chats.filter(row => !isHeldOut(row, CHATS_HELD_OUT_OF)),
  ...rowsIn(read('words.txt')).flatMap(inThrees),
]
export const PROMPTS_HELD_OUT: readonly Row[] = prompts.filter(row => isHeldOut(row, PROMPTS_HELD_OUT_OF))
export const CHATS_HELD_OUT: readonly Row[] = chats.filter(row => isHeldOut(row, CHATS_HELD_OUT_OF))
export const NAMES: readonly string[] = read('names.txt')
  .split(/\s+/)
  .filter(name => name !== '')
