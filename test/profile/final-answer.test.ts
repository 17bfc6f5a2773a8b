import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { finalAnswer, folded, plainOf, readChoice, readNumbers, trimmed } from '../../src/profile/final-answer'

describe('the plain answer', () => {
  it.each([
    ['  text \n', 'text'],
    ['<think>\nmaybe 5?\n</think>\n\n6', '6'],
    ['<think>never finished', ''],
    ['```json\n{"a": 1}\n```', '{"a": 1}'],
    ['see ```x``` here', 'see ```x``` here'],
    ['a\r\nb', 'a\nb'],
  ])('of %j is %j', (answer, plain) => {
    expect(plainOf(answer)).toBe(plain)
  })
})

describe('the final answer', () => {
  it.each([
    ['First I add.\nAnswer: 42', '42'],
    ['Answer: 1\nNo, wrong.\n**Answer:** 2', '2'],
    ['### Answer: Canberra', 'Canberra'],
    ['Überlegung …\nAntwort: 30', '30'],
    ['Réponse : le Rhône', 'le Rhône'],
    ['Respuesta final: 12', '12'],
    ['推理……\n答案：曹雪芹', '曹雪芹'],
    ['Answer:\n```bash\ngit switch -c hotfix\n```', 'git switch -c hotfix'],
    ['Answer:\nB', 'B'],
    ['Some words.\nThe last line', 'The last line'],
    ['The answer: it depends\nAnswer: 3', '3'],
    ['', ''],
  ])('of %j is %j', (answer, final) => {
    expect(finalAnswer(answer)).toBe(final)
  })

  it.each([
    ['"Canberra".', 'Canberra'],
    ['**Canberra** (not Sydney)', 'Canberra'],
    ['$\\boxed{42}$', '42'],
    ['`max_retry`', 'max_retry'],
    ['《骆驼祥子》', '骆驼祥子'],
    ['-5', '-5'],
  ])('%j without what is around it is %j', (text, bare) => {
    expect(trimmed(text)).toBe(bare)
  })

  it('is compared without case and accents', () => {
    expect(folded(' Le  RHÔNE. ')).toBe('le rhone')
  })
})

describe('a number', () => {
  it.each([
    ['42', 'en', [42]],
    ['x = 42 km', 'en', [42]],
    ['about 1,234.5 euros', 'en', [1234.5]],
    ['1.234,5', 'de', [1234.5]],
    // Either may be meant
    ['1.234', 'de', [1.234, 1234]],
    ['1.234', 'en', [1.234]],
    ['1102,50 €', 'es', [1102.5]],
    ['1 102,50', 'fr', [1102.5]],
    ['−7', 'en', [-7]],
    ['1/9', 'en', [1 / 9]],
    ['７．２ 天', 'zh', [7.2]],
    ['80.', 'en', [80]],
    ['130°', 'en', [130]],
    ['42 m²', 'en', [42]],
    ['no number', 'en', []],
    ['1,23,4', 'en', []],
    ['3 of 10', 'en', [3]],
  ] as const)('is read from %j in %s', (text, language, numbers) => {
    expect(readNumbers(text, language)).toEqual(numbers)
  })

  it('that a program writes is read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.constantFrom('en', 'zh'), (value, language) => {
        expect(readNumbers(`Answer: ${value.toLocaleString('en')}.`.split(': ')[1] ?? '', language)).toEqual([value])
      }),
      { seed: 1 },
    )
  })
})

describe('a choice', () => {
  it.each([
    ['B', 1],
    ['(C)', 2],
    ['D) because', 3],
    ['Option A', 0],
    ['**B**', 1],
    ['b', 1],
    ['a)', 0],
    ['B：距离', 1],
    ['a dog', undefined],
    ['Because', undefined],
    ['', undefined],
  ])('is read from %j', (text, place) => {
    expect(readChoice(text)).toBe(place)
  })
})
