/** What the mere shape of a text gives away, whatever its language: code, formulas, options to choose from, questions. */

export interface Shape {
  readonly characters: number
  readonly lines: number
  readonly questions: number
  /** A fenced block or a line that only a programmer writes. */
  readonly code: boolean
  readonly stackTrace: boolean
  /** Share of the characters that are braces, brackets, semicolons and the like, 0..1. */
  readonly codeDensity: number
  /** LaTeX, exponents or arithmetic. */
  readonly formula: boolean
  /** Share of the characters that are digits or operators, 0..1. */
  readonly mathsDensity: number
  /** Separate numbers, at most 99. */
  readonly numbers: number
  /** Lettered answers to choose from. */
  readonly options: boolean
  /** A Windows-style code: 0x80070057. */
  readonly errorCode: boolean
  /** Long quoted material after a short instruction. */
  readonly quoted: boolean
}

// No pattern repeats something that itself repeats, and each repetition in the middle of a pattern is bounded: linear time.
const CODE_LINE =
  /^[ \t]{0,12}(?:def \w+\(|class \w+[:({]|import [\w{*]|from \w+ import|function \w*\(|(?:const|let|var) \w+ ?=|public \w+ |#include ?<|#!\/|SELECT .{1,80} FROM|<\?php|<(?:html|div|script)|\$ ?(?:sudo|npm|git|docker|pip) |[\w.]{1,40}\([^)\n]{0,80}\);?$|.{0,120}(?:\{|\);|\};?)$)/m
const STACK_TRACE =
  /Traceback \(most recent|^[ \t]{1,12}at [\w$.<]{1,80}[ (]|\b[A-Z]\w{1,40}(?:Error|Exception): |\bpanicked at |File "[^"\n]{1,120}", line \d/m
const LATEX = /\\(?:frac|sqrt|sum|int|begin|cdot|pmod|text|left|angle|times|le|ge|in)\b|\$\$|\$\w\$|[a-z)\]\d]\^[\d{(a-z]/
const ARITHMETIC = /\d ?[+*×÷·=] ?[(\dx]|\b[xyn] ?[=<>+] ?-?\d|\d[xy]\b|[∑∫√π≤≥≠∞∈]/
const LABEL = /\b[A-E][.):：、]\s?\S/g
/** Between the beginnings of two answers to choose from. */
const OPTION_CHARACTERS = 200
const ERROR_CODE = /\b0x[0-9a-f]{4,16}\b/i

export function shapeOf(text: string): Shape {
  let lines = 1
  let questions = 0
  let numbers = 0
  let codeSigns = 0
  let mathsSigns = 0
  let inNumber = false
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    const digit = unit >= 0x30 && unit <= 0x39
    if (digit && !inNumber) numbers++
    inNumber = digit
    if (digit) mathsSigns++
    else
      switch (unit) {
        case 0x0a:
          lines++
          break
        case 0x3f: // ?
        case 0xff1f: // full-width
        case 0x061f: // Arabic
          questions++
          break
        case 0x7b: // {
        case 0x7d:
        case 0x5b: // [
        case 0x5d:
        case 0x3b: // ;
        case 0x5f: // _
        case 0x60: // `
          codeSigns++
          break
        case 0x3d: // =
        case 0x3c: // <
        case 0x3e:
        case 0x28: // (
        case 0x29:
          codeSigns++
          mathsSigns++
          break
        case 0x2b: // +
        case 0x2a: // *
        case 0x5e: // ^
        case 0x24: // $
        case 0x5c: // backslash
        case 0x25: // %
          mathsSigns++
      }
  }
  const characters = text.length
  const share = (count: number): number => (characters === 0 ? 0 : count / characters)
  const colon = text.search(/[:：]\s?["“「\n]|\n\n/)
  return {
    characters,
    lines,
    questions,
    code: text.includes('```') || CODE_LINE.test(text),
    stackTrace: STACK_TRACE.test(text),
    codeDensity: share(codeSigns),
    formula: LATEX.test(text) || ARITHMETIC.test(text),
    mathsDensity: share(mathsSigns),
    numbers: Math.min(99, numbers),
    options: hasOptions(text),
    errorCode: ERROR_CODE.test(text),
    quoted: colon >= 0 && colon < 250 && characters - colon > 150,
  }
}

/** Two lettered labels in the order of the alphabet, near each other: `A. … B. …`. */
function hasOptions(text: string): boolean {
  let lastLetter = 0
  let lastAt = 0
  for (const { 0: label, index } of text.matchAll(LABEL)) {
    const letter = label.charCodeAt(0)
    if (letter === lastLetter + 1 && index - lastAt <= OPTION_CHARACTERS) return true
    lastLetter = letter
    lastAt = index
  }
  return false
}
