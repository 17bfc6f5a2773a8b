import { expect, describe as suite, test } from 'vitest'
import { type Shape, shapeOf } from '../../src/context/shape'

suite('shape', () => {
  const CASES: readonly (readonly [keyof Shape, Shape[keyof Shape], string])[] = [
    ['code', true, 'look:\n```\nx\n```'],
    ['code', true, 'def area(r):\n  return r'],
    ['code', true, 'if (ready) {\n  go()\n}'],
    ['code', true, '#include <stdio.h>'],
    ['code', false, 'We import goods from China; they return next week.'],
    ['stackTrace', true, 'Exception in thread\n\tat com.example.Main.run(Main.java:5)'],
    ['stackTrace', true, 'ValueError: bad input'],
    ['stackTrace', false, 'We met at the station'],
    ['formula', true, 'Let \\frac{1}{2} be given'],
    ['formula', true, '3 + 4'],
    ['formula', true, 'x^2'],
    ['formula', false, 'It costs $5 or maybe $10, since 2024-05-01'],
    ['options', true, 'Which one?\nA. red\nB. blue'],
    ['options', true, 'Is it A) red or B) blue'],
    ['options', false, 'Vitamin B. is A. good thing'],
    ['options', false, `A. one ${'x'.repeat(300)} B. two`],
    ['errorCode', true, 'error 0x8024402C'],
    ['errorCode', false, '10x800'],
    ['questions', 3, 'a? b？ c؟'],
    ['lines', 3, 'a\nb\nc'],
    ['numbers', 2, '12 and 3'],
    ['quoted', true, `Summarise this:\n${'text '.repeat(50)}`],
    ['quoted', false, 'Summarise this: it is short'],
  ]
  test.each(CASES)('%s is %j in %j', (property, expected, text) => {
    expect(shapeOf(text)[property]).toBe(expected)
  })

  test('densities are shares, and none of nothing', () => {
    expect(shapeOf('')).toMatchObject({ codeDensity: 0, mathsDensity: 0 })
    expect(shapeOf('{};x').codeDensity).toBe(0.75)
    expect(shapeOf('1+1x').mathsDensity).toBe(0.75)
  })
})
