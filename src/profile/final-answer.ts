/** What an answer says in the end. Models think aloud, label, quote and embolden; the question says how to finish, and this reads it. */
import { fold } from '../context/words'
import type { Language } from './task'

/** Thoughts that some open models write into their answers are not the answer. */
const THOUGHTS = /<think(?:ing)?>[\s\S]*?(?:<\/think(?:ing)?>|$)/gi
const FENCE = /^```[^\n]*\n([\s\S]*?)\n?```$/

/** The whole answer without thoughts, outer blanks, and a code fence around all of it. */
export function plainOf(answer: string): string {
  const text = answer.replaceAll('\r\n', '\n').replace(THOUGHTS, '').trim()
  const [, inside = text] = FENCE.exec(text) ?? []
  return inside.trim()
}

const LABEL =
  /^[\s*_#>-]*(?:final answer|answer|endantwort|antwort|réponse(?: finale)?|respuesta(?: final)?|答案|答)[\s*_]*[:：][\s*_]*(\S.*)$/gimu

/** Behind the last label; else the last line. A fence around a command is no line of the answer. */
export function finalAnswer(answer: string): string {
  const text = plainOf(answer)
    .replace(/^\s*```.*$/gm, '')
    .trim()
  const labelled = [...text.matchAll(LABEL)].at(-1)?.[1]
  return labelled ?? text.split('\n').at(-1)?.trim() ?? ''
}

/** Quotes, emphasis, TeX and full stops around an answer say nothing. A minus sign or a bracket may belong to it. */
const AROUND = /^[\s*_`"'“”„«»‘’「」『』《》$]+|[\s*_`"'“”„«»‘’「」『』《》$.。!！]+$/gu
const BOXED = /^\$*\\boxed\{(.*)\}\$*\.?$/u
/** "Canberra (not Sydney)" */
const ASIDE = /(?<=\S)\s+\([^()]*\)\.?$/u

export function trimmed(text: string): string {
  const [, boxed = text] = BOXED.exec(text.trim()) ?? []
  return boxed.replace(ASIDE, '').replace(AROUND, '').normalize('NFC')
}

export const folded = (text: string): string => fold(trimmed(text)).replace(/\s+/g, ' ')

const DIGITS = /[-−–]?\s?\d[\d.,'’\u00a0\u202f ]*(?:\/\d+)?/u

/** Languages that write 1.234,5. Many of their speakers, and models, write 1,234.5 as well, so that both readings count. */
const COMMA_LANGUAGES: ReadonlySet<Language> = new Set(['de', 'fr', 'es'])

/** What the first number may mean, behind the last `=` if there is one: no reading, one, or two where `1.234` could be either. */
export function readNumbers(text: string, language: Language): readonly number[] {
  const digits = text.replace(/[０-９．，－]/g, wide => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
  const [found] = DIGITS.exec(digits.split('=').at(-1) ?? '') ?? []
  if (found === undefined) return []
  const number = found
    .replace(/^[−–]/, '-')
    .replace(/['’\u00a0\u202f ]/g, '')
    .replace(/[.,]+(?=\/|$)/, '')
  const readings = [readAs(number, ',', '.'), ...(COMMA_LANGUAGES.has(language) ? [readAs(number, '.', ',')] : [])]
  return [...new Set(readings)].filter(reading => !Number.isNaN(reading))
}

/** NaN where the marks are not where such a number has them. */
function readAs(number: string, group: string, point: string): number {
  const [whole = '', below, ...more] = number.split('/')
  if (more.length > 0) return Number.NaN
  const [head = '', tail, ...rest] = whole.split(point)
  const groups = head.replace('-', '').split(group)
  const isGrouped = groups.length === 1 || groups.slice(1).every(each => each.length === 3)
  if (rest.length > 0 || !isGrouped || tail?.includes(group) === true) return Number.NaN
  const value = Number(`${head.replaceAll(group, '')}${tail === undefined ? '' : `.${tail}`}`)
  return below === undefined ? value : value / Number(below)
}

/** The place of the letter that was chosen, A being 0; undefined where there is none. */
export function readChoice(text: string): number | undefined {
  const short = trimmed(text)
  const [, capital] =
    /^\W*(?:(?:option|choice|antwort|réponse|opción|选项)\s+)?\(?([A-H])\)?(?=$|[\s).:,：，、。–—-])/iu.exec(short) ?? []
  if (capital === undefined) return undefined
  // In small print an "a" that more words follow is an article
  const isAlone = /^\W*\(?[a-h]\)?\W*$/u.test(short)
  return capital === capital.toUpperCase() || isAlone ? capital.toUpperCase().charCodeAt(0) - 65 : undefined
}
