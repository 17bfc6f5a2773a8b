import { describe, expect, it } from 'vitest'
import { type Constraint, holds } from '../../src/profile/constraint'
import { blocksOf, countWords, linesOf, sentencesOf } from '../../src/profile/form'

describe('words', () => {
  it.each([
    ['', 0],
    ['one two  three\nfour', 4],
    ["don't count well-known 3.5 twice", 5],
    ['“Quoted,” he said — twice.', 4],
    ['— … !', 0],
    ['今天天气真好。', 6],
    ['用 Python 写', 3],
    ['L’été, déjà fini', 3],
    ['コーヒー', 4],
  ])('%j has %d', (text, count) => {
    expect(countWords(text)).toBe(count)
  })
})

describe('lines, blocks and sentences', () => {
  it('leave out what is empty', () => {
    expect(linesOf('\n a \n\n b\n')).toEqual(['a', 'b'])
    expect(blocksOf('one\ntwo\n\n \nthree\n')).toEqual(['one\ntwo', 'three\n'])
  })

  it.each([
    ['One. Two! Three?', 3],
    ['He said “go.” Then he went.', 2],
    ['Version 3.5 is out.', 1],
    ['No mark at the end', 1],
    ['你好！今天天气真好。', 2],
    ['他说：“走吧。”然后走了。', 2],
    ['Wait… what?', 2],
    ['🎉', 0],
  ])('%j has %d sentences', (text, count) => {
    expect(sentencesOf(text)).toHaveLength(count)
  })
})

describe('a constraint', () => {
  const cases: readonly (readonly [Constraint, holding: string, broken: string])[] = [
    [{ kind: 'words', min: 2, max: 3 }, 'one two three', 'one two three four'],
    [{ kind: 'words', max: 3 }, 'one', ''],
    [{ kind: 'lines', min: 2, max: 2 }, 'a\nb', 'a'],
    [{ kind: 'blocks', min: 2, max: 2 }, 'a\n\nb', 'a\nb'],
    [{ kind: 'sentences', min: 1, max: 1 }, 'Only one.', 'One. Two.'],
    [{ kind: 'includes', texts: ['sábado', 'Ruido'] }, 'El SABADO hay ruido', 'El sábado'],
    [{ kind: 'excludes', texts: ['light', "don't"] }, 'lightning is enlightening', 'the Light, at last'],
    [{ kind: 'excludes', texts: ["don't"] }, 'do not', 'I don’t'],
    [{ kind: 'excludes', texts: ['light'] }, 'dark', ''],
    [{ kind: 'excludes', texts: ['地铁'] }, '铁鱼', '坐地铁去'],
    [{ kind: 'without-letter', letter: 'e' }, 'a calm night', 'Écru'],
    [{ kind: 'starts', text: 'Dear' }, '**dear** crossing', 'My dear'],
    [{ kind: 'ends', text: 'the end' }, 'And this is "The End"', 'The end of it'],
    [{ kind: 'acrostic', word: 'SEA' }, 'Salt\n"Every wave"\nand air', 'Salt\nEvery'],
    [{ kind: 'pattern', pattern: '^no[.]?$', flags: 'i' }, 'No.', 'no way'],
    [{ kind: 'each-line', pattern: '^- \\S' }, '- a\n- b', '- a\nb'],
    [{ kind: 'each-line', pattern: '^- \\S' }, '- a', ''],
    [{ kind: 'json', value: { a: [1, { b: null }], c: 'x' } }, '{"c":"x","a":[1,{"b":null}]}', '{"c":"x","a":[{"b":null},1]}'],
    [{ kind: 'json', value: {} }, '{}', 'not JSON'],
    [{ kind: 'json-texts', fields: ['subject', 'body'] }, '{"body":"b","subject":"s"}', '{"body":"b","subject":" "}'],
    [{ kind: 'json-texts', fields: ['subject'] }, '{"subject":"s"}', '{"subject":"s","more":"m"}'],
  ]

  it.each(cases)('%j holds for %j and not for %j', (constraint, holding, broken) => {
    expect(holds(constraint, holding)).toBe(true)
    expect(holds(constraint, broken)).toBe(false)
  })
})
