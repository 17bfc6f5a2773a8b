import { expect, describe as suite, test } from 'vitest'
import { complexityOf } from '../../src/context/complexity'
import { describe } from '../../src/context/describe'

const of = (content: string) => describe({ model: 'auto', messages: [{ role: 'user', content }] }).complexity
const value = (content: string): number => of(content).value ?? Number.NaN

suite('complexity', () => {
  test.each([
    ['Hi!', 'Compare the economies of Peru and Chile, and explain in detail why they differ.'],
    [
      'What is the capital of Peru?',
      'Prove step by step that the square root of 2 is irrational, then generalise to all primes.',
    ],
    ['Danke dir!', 'Beweise, dass jede stetige Funktion auf einem kompakten Intervall gleichmäßig stetig ist.'],
    [
      'Bonne nuit',
      'Conçois une architecture répartie qui garde la cohérence des stocks sans interruption, et justifie tes choix.',
    ],
    ['谢谢', '严格证明素数有无穷多个，并分析证明中每一步的必要性。'],
  ])('%j asks less than %j', (easy, hard) => {
    expect(value(easy)).toBeLessThan(0.35)
    expect(value(hard)).toBeGreaterThan(0.6)
  })

  test('is not mere length: a short proof asks more than a long chat', () => {
    const chat = 'I had such a nice day today, we went to the park and had ice cream, and my dog was so happy. '.repeat(4)
    expect(value('Prove that e is transcendental')).toBeGreaterThan(value(chat))
  })

  test('is as sure as it is far from one half', () => {
    const scores = { topics: [], extract: 0, words: 1, questions: 0 }
    expect(complexityOf({ ...scores, complexity: 0.2 })).toEqual({ value: 0.2, confidence: 0.8 })
    expect(complexityOf({ ...scores, complexity: 0.7 })).toEqual({ value: 0.7, confidence: 0.7 })
  })

  test('abstains without anything to read', () => {
    expect(of('')).toEqual({ value: undefined, confidence: 0 })
  })
})
