/**
 * What stands in a prompt of any language and says nothing about it: code, formulas, addresses, names out of programs, quotations. Each is
 * looked for within a bounded number of characters, so a stray mark swallows nothing and the time stays linear.
 */
import { isCapital, isGap, letterOf } from './language-letter'

/** A quotation or a piece of inline code is looked for so far: a stray mark must not swallow the text. */
const QUOTATION_CHARACTERS = 300
/** What a Latin word must not touch: it would be part of a name in a program, a path, a tag or a number. */
const JOINING = new Uint8Array(0x80)
for (const sign of '0123456789_/\\$#@=<>{}[]|~^&%+') JOINING[sign.charCodeAt(0)] = 1
const CLOSING: Readonly<Record<string, string>> = { '"': '"', '“': '”', '„': '“', '«': '»', '「': '」', '『': '』', '‘': '’' }
const CLOSES = new Map(Object.entries(CLOSING).map(([open, close]) => [open.charCodeAt(0), close.charCodeAt(0)]))
const QUOTE = 0x22
const BACKTICK = 0x60
const DOLLAR = 0x24
const COLON = 0x3a
const AT = 0x40
const STOP = 0x2e
const SLASH = 0x2f
const PARENTHESIS = 0x28
const CLOSING_PARENTHESIS = 0x29
const BLANK = 0x20
const LINE_BREAK = 0x0a

/** Whether the Latin word from `start` up to but without `end` is part of something larger that is in no language. */
export function isPartOfName(text: string, start: number, end: number): boolean {
  const previous = start > 0 ? text.charCodeAt(start - 1) : BLANK
  const next = end < text.length ? text.charCodeAt(end) : BLANK
  const isJoined = (previous < 0x80 && JOINING[previous] === 1) || (next < 0x80 && JOINING[next] === 1)
  return isJoined || isOwner(text, end, next) || isMember(text, start, previous) || isCall(text, end, next)
}

/** `https://`, `name@host`, `www.example.com`: an address begins with this word and reaches to the next gap. */
export function isAddress(text: string, start: number, end: number): boolean {
  const next = text.charCodeAt(end)
  if (next === COLON) return text.charCodeAt(end + 1) === SLASH && text.charCodeAt(end + 2) === SLASH
  return next === AT || (next === STOP && end - start === 3 && text.startsWith('www', start))
}

/** `list.append`, `index.html`: a full stop with a letter on both sides. */
function isOwner(text: string, end: number, next: number): boolean {
  if (next !== STOP) return false
  const after = text.charCodeAt(end + 1)
  return letterOf(after) !== 0 && !isCapital(after)
}

function isMember(text: string, start: number, previous: number): boolean {
  return previous === STOP && letterOf(text.charCodeAt(start - 2)) !== 0 && !isCapital(text.charCodeAt(start))
}

/** `print(`, but not `letter(s)`. */
const isCall = (text: string, end: number, next: number): boolean =>
  next === PARENTHESIS && text.charCodeAt(end + 2) !== CLOSING_PARENTHESIS

export function endOfToken(text: string, from: number): number {
  let index = from
  while (index < text.length && !isGap(text.charCodeAt(index))) index++
  return index
}

/**
 * Behind the code, the formula or, if `strictly`, the quotation that begins at `start`; `start` itself if nothing of the kind does, or it
 * has no end within reach.
 */
export function afterForeign(text: string, start: number, strictly: boolean): number {
  const unit = text.charCodeAt(start)
  if (unit === BACKTICK) return afterCode(text, start)
  if (unit === DOLLAR) return afterFormula(text, start)
  const close = strictly ? CLOSES.get(unit) : undefined
  return close === undefined ? start : afterQuotation(text, start, close)
}

/** Behind the fence or the inline code that begins at `start`; a fence that is left open reaches to the end. */
function afterCode(text: string, start: number): number {
  if (text.startsWith('```', start)) {
    const close = text.indexOf('```', start + 3)
    return close < 0 ? text.length : close + 3
  }
  const last = Math.min(text.length, start + QUOTATION_CHARACTERS)
  for (let index = start + 1; index < last; index++) {
    const unit = text.charCodeAt(index)
    if (unit === BACKTICK) return index + 1
    if (unit === LINE_BREAK) break
  }
  return start
}

/** Behind TeX's `$x^2$`, which has no blank inside its marks; prices have no second mark. */
function afterFormula(text: string, start: number): number {
  if (isGap(text.charCodeAt(start + 1))) return start
  const last = Math.min(text.length, start + QUOTATION_CHARACTERS)
  for (let index = start + 1; index < last; index++)
    if (text.charCodeAt(index) === DOLLAR) return isGap(text.charCodeAt(index - 1)) ? start : index + 1
  return start
}

/** Behind the closing mark; a mark within a word (5" or ditto) opens nothing. */
function afterQuotation(text: string, start: number, close: number): number {
  if (text.charCodeAt(start) === QUOTE && start > 0) {
    const previous = text.charCodeAt(start - 1)
    if (previous < 0x80 && (letterOf(previous) !== 0 || (previous >= 0x30 && previous <= 0x39))) return start
  }
  const last = Math.min(text.length, start + QUOTATION_CHARACTERS)
  for (let index = start + 1; index < last; index++) if (text.charCodeAt(index) === close) return index + 1
  return start
}
