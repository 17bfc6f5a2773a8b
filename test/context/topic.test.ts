import { expect, describe as suite, test } from 'vitest'
import { CUES } from '../../src/context/cue'
import { evidenceOf } from '../../src/context/evidence'
import type { Topic } from '../../src/context/features'
import { CHINESE } from '../../src/context/phrases/chinese'
import { ENGLISH } from '../../src/context/phrases/english'
import { FRENCH } from '../../src/context/phrases/french'
import { GERMAN } from '../../src/context/phrases/german'
import { SPANISH } from '../../src/context/phrases/spanish'
import { read } from '../../src/context/text'
import { topicOf } from '../../src/context/topic'
import { PROMPTS } from './prompts'

const asked = (...contents: readonly string[]) =>
  topicOf(evidenceOf(read({ model: 'auto', messages: contents.map(content => ({ role: 'user' as const, content })) })))

suite.each(Object.entries(PROMPTS))('prompts in %s', (_, { technicalSupport, creativeWriting, general }) => {
  test.each(technicalSupport)('for support: %s', prompt => {
    expect(asked(prompt).value).toBe('technical_support')
  })
  test.each(creativeWriting)('creative: %s', prompt => {
    expect(asked(prompt).value).toBe('creative_writing')
  })
  test.each(general)('neither: %s', prompt => {
    expect(['technical_support', 'coding', 'creative_writing']).not.toContain(asked(prompt).value)
  })
})

suite('each topic', () => {
  const CASES: readonly (readonly [Topic, string])[] = [
    ['coding', 'Write a Python function that merges two sorted lists'],
    ['coding', 'Why does this not compile?\n```rust\nfn main() { let x = 5; x = 6; }\n```'],
    ['coding', 'Traceback (most recent call last):\n  File "main.py", line 3, in <module>\nTypeError: unsupported operand'],
    ['coding', 'Schreibe eine SQL-Abfrage, die alle Kunden ohne Bestellung liefert'],
    ['coding', '用 Python 写一个爬虫程序'],
    ['math_reasoning', 'Solve the equation 3x + 7 = 22'],
    ['math_reasoning', 'Prove that the sum of two odd integers is even'],
    ['math_reasoning', 'Löse die Gleichung x^2 - 5x + 6 = 0'],
    ['math_reasoning', 'Tom has 12 apples and gives 5 to Ann. How many apples are left?'],
    ['functional_writing', 'Draft a cover letter for a position as a nurse'],
    ['functional_writing', 'Schreibe eine Kündigung für meinen Handyvertrag'],
    ['functional_writing', 'Rédige une lettre de motivation pour un stage'],
    ['text_transform', 'Rewrite this paragraph so that it sounds more formal'],
    ['text_transform', 'Please proofread and shorten the text below'],
    ['knowledge_qa', 'Who was the first woman to win a Nobel prize?'],
    ['knowledge_qa', 'Which of the following is a noble gas?\nA. Oxygen\nB. Neon\nC. Chlorine\nD. Sodium'],
    ['advice_planning', 'Can you recommend a weekend trip with two small children?'],
    ['advice_planning', 'Plan a 5-day itinerary for Lisbon'],
    ['chitchat', 'Hey, how are you?'],
    ['chitchat', 'Danke, bis morgen!'],
  ]
  test.each(CASES)('%s: %s', (topic, prompt) => {
    expect(asked(prompt).value).toBe(topic)
  })
})

suite('what decides', () => {
  test.each(['', 'hm', 'asdf qwer', '42', 'the and of'])('abstains on %j', prompt => {
    expect(asked(prompt).value).toBeUndefined()
  })

  test('a printer alone is a noun, a broken one is a case for support', () => {
    expect(asked('printer').confidence).toBeLessThan(asked('printer not working').confidence)
    expect(asked('printer').value).not.toBe('technical_support')
  })

  test('quoted material does not outvote the instruction before it', () => {
    const quoted = 'The printer in the office was broken, the network failed, and every laptop had an error. '.repeat(20)
    expect(asked(`Summarise the following text in one paragraph:\n\n${quoted}`).value).toBe('text_transform')
  })

  test('a last turn that says nothing takes its topic from the one before', () => {
    expect(asked('and again').value).toBeUndefined()
    const strength = evidenceOf(
      read({
        model: 'auto',
        messages: [
          { role: 'user', content: 'Write a poem about autumn' },
          { role: 'user', content: 'and again' },
        ],
      }),
    ).strength
    expect(strength.fiction).toBeGreaterThan(0)
    expect(strength.fiction).toBeLessThan(1)
  })

  test('a repeated word is not worth more than two mentions', () => {
    const { strength } = evidenceOf(read({ model: 'auto', messages: [{ role: 'user', content: 'poem '.repeat(500) }] }))
    expect(strength.fiction).toBe(2)
  })
})

test('every language has phrases for every cue', () => {
  for (const phrases of [ENGLISH, GERMAN, FRENCH, SPANISH, CHINESE])
    for (const cue of CUES) expect(phrases[cue].split(',').length, cue).toBeGreaterThanOrEqual(5)
})
