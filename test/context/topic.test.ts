import { expect, describe as suite, test } from 'vitest'
import type { Scores } from '../../src/context/classifier'
import { describe } from '../../src/context/describe'
import { TOPICS, type Topic } from '../../src/context/features'
import { topicOf } from '../../src/context/topic'
import { PROMPTS } from './prompts'

const asked = (...contents: readonly string[]) =>
  describe({ model: 'auto', messages: contents.map(content => ({ role: 'user' as const, content })) }).topic
const THREE = { technicalSupport: ['technical_support', 'coding'], creativeWriting: ['creative_writing'] } as const
const threeOf = (topic: Topic | undefined): string =>
  Object.entries(THREE).find(([, topics]) => topics.some(each => each === topic))?.[0] ?? 'general'

suite.each(Object.entries(PROMPTS))('prompts in %s', (_, { technicalSupport, creativeWriting, general }) => {
  const kinds = { technicalSupport, creativeWriting, general }
  test.each(Object.entries(kinds))('%s: nine in ten are told from the rest', (kind, prompts) => {
    const wrong = prompts.filter(prompt => threeOf(asked(prompt).value) !== kind)
    expect(wrong.length, wrong.join('\n')).toBeLessThanOrEqual(Math.ceil(prompts.length / 10))
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
  test.each(['', ' \n ', 'xqzv kwpt jjhf', 'dkfjgh sldkfj 38475 wqpo', '83746 29384 1029'])('abstains on %j', prompt => {
    expect(asked(prompt).value).toBeUndefined()
  })

  test('the likeliest topic is taken, with its probability', () => {
    const topics = TOPICS.map(topic => (topic === 'coding' ? 0.6 : 0.05))
    const scores: Scores = { topics, extract: 0, complexity: 0, words: 5, questions: 0 }
    expect(topicOf(scores)).toEqual({ value: 'coding', confidence: 0.6 })
    expect(topicOf({ ...scores, topics: TOPICS.map(() => 1 / 9) })).toEqual({ value: undefined, confidence: 1 / 9 })
  })

  test('a last turn that says little takes its topic from the ones before', () => {
    const poem = 'Write a poem about autumn, in four stanzas, and let it rhyme'
    expect(asked(poem, 'and now shorter').value).toBe('creative_writing')
    expect(asked('My printer is offline and shows an error', 'and now?').value).toBe('technical_support')
  })

  test('a last turn that says much is not outvoted by the ones before', () => {
    expect(asked('Write a poem about autumn', 'My printer does not print, it shows an error. How do I reset it?').value).toBe(
      'technical_support',
    )
  })

  test('a repeated word is worth no more than one', () => {
    expect(asked('poem '.repeat(300)).confidence).toBeLessThan(1)
  })
})
