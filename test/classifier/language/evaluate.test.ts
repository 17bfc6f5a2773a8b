import { expect, describe as suite, test } from 'vitest'
import { languageOfText } from '../../../src/context/language'
import { evaluateLanguage } from './evaluate'
import { CHATS_HELD_OUT, PROMPTS_HELD_OUT } from './own'

suite('an evaluation', () => {
  // three are right at .9, one is wrong at .5, one gets no answer
  const rows = ['a', 'b', 'c', 'd', 'e'].map(prompt => ({ prompt, lang: 'de', kind: prompt < 'd' ? 'long' : 'short' }))
  const report = evaluateLanguage(rows, prompt => {
    if (prompt === 'e') return { value: undefined, confidence: 0.2 }
    return prompt === 'd' ? { value: 'nl', confidence: 0.5 } : { value: 'de', confidence: 0.9 }
  })

  test('counts what is right and what abstains by kind', () => {
    expect(report.kinds.get('long')).toEqual({ rows: 3, right: 3, abstained: 0 })
    expect(report.kinds.get('short')).toEqual({ rows: 2, right: 0, abstained: 1 })
  })

  test('names confusions', () => {
    expect(report.confusions).toEqual([
      ['de as nl', 1],
      ['de as none', 1],
    ])
  })

  test('weighs how far confidence is off by how many rows share it: (3 × 0.1 + 1 × 0.5) / 4', () => {
    expect(report.calibrationError).toBeCloseTo(0.2, 10)
  })
})

suite('prompts that were not learned from', () => {
  const CLOSE = new Set(['hr', 'bs', 'id', 'ms', 'nb', 'nn', 'da', 'xh', 'zu'])

  test('are recognised in nine of ten cases, where no other language is all but the same', () => {
    const rows = PROMPTS_HELD_OUT.filter(({ lang }) => !CLOSE.has(lang)).map(row => ({ ...row, kind: 'all' }))
    const { kinds } = evaluateLanguage(rows, languageOfText)
    const { rows: count = 0, right = 0 } = kinds.get('all') ?? {}
    expect(count).toBeGreaterThan(100)
    expect(right / count).toBeGreaterThan(0.93)
  })

  test.each(['de', 'en', 'es', 'fr', 'zh'])('in %s are recognised in nine of ten cases', lang => {
    const rows = CHATS_HELD_OUT.filter(row => row.lang === lang).map(row => ({ ...row, kind: lang }))
    const { kinds, calibrationError } = evaluateLanguage(rows, languageOfText)
    const { rows: count = 0, right = 0 } = kinds.get(lang) ?? {}
    expect(count).toBeGreaterThan(150)
    // the worst, Spanish, has messages of machines in English: 0.942; of 200 rows the share right has a standard deviation of 0.015
    expect(right / count).toBeGreaterThan(0.92)
    expect(calibrationError).toBeLessThan(0.05)
  })
})
