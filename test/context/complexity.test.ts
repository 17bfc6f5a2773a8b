import fc from 'fast-check'
import { expect, describe as suite, test } from 'vitest'
import { complexityOf } from '../../src/context/complexity'
import { type Evidence, evidenceOf } from '../../src/context/evidence'
import { read } from '../../src/context/text'

const reading = read({ model: 'auto', messages: [{ role: 'user', content: 'word' }] })
const of = (content: string) => {
  const asked = read({ model: 'auto', messages: [{ role: 'user', content }] })
  return complexityOf(asked, evidenceOf(asked))
}
const value = (evidence: Evidence, turns = 1) => complexityOf({ ...reading, turns }, evidence).value ?? Number.NaN

suite('complexity', () => {
  test('orders prompts as anyone would', () => {
    const ascending = [
      'Hi!',
      'What is the capital of Peru?',
      'Compare the economies of Peru and Chile, and explain in detail why they differ.',
      'Prove step by step that the equation x^2 = 2 has no rational solution, then analyse the complexity of an algorithm that approximates it. It must use at most 10 multiplications and only integers.',
    ].map(prompt => of(prompt).value ?? Number.NaN)
    expect(ascending).toEqual([...ascending].sort((one, other) => one - other))
    expect(ascending[0]).toBeLessThan(0.15)
    expect(ascending[3]).toBeGreaterThan(0.7)
  })

  test('a prompt of one plain word has the floor and little more', () => {
    // 0.08, and a word's share of the length: 1 - 0.92 × (1 - 0.4 × (1 - e^(-1/150))) = 0.0824
    expect(of('word').value).toBeCloseTo(0.0824, 4)
  })

  test('no more of any sign lowers it, and it stays below 1', () => {
    const base = evidenceOf(reading)
    const amounts = fc.record({
      words: fc.nat(5_000),
      constraints: fc.nat(200),
      questions: fc.nat(100),
      reason: fc.double({ min: 0, max: 2, noNaN: true }),
      maths: fc.double({ min: 0, max: 2, noNaN: true }),
      code: fc.double({ min: 0, max: 2, noNaN: true }),
      codeDensity: fc.double({ min: 0, max: 1, noNaN: true }),
      mathsDensity: fc.double({ min: 0, max: 1, noNaN: true }),
      turns: fc.integer({ min: 1, max: 500 }),
    })
    type Amounts = typeof amounts extends fc.Arbitrary<infer T> ? T : never
    const complexity = ({ words, constraints, turns, reason, maths, code, ...shape }: Amounts) =>
      value(
        { words, constraints, strength: { ...base.strength, reason, maths, code }, shape: { ...base.shape, ...shape } },
        turns,
      )
    const signs = [
      'words',
      'constraints',
      'questions',
      'reason',
      'maths',
      'code',
      'codeDensity',
      'mathsDensity',
      'turns',
    ] as const
    fc.assert(
      fc.property(amounts, amounts, fc.constantFrom(...signs), (one, other, sign) => {
        const more = { ...one, [sign]: Math.max(one[sign], other[sign]) }
        expect(complexity(more)).toBeGreaterThanOrEqual(complexity(one))
        expect(complexity(more)).toBeLessThan(1)
      }),
      { seed: 15 },
    )
  })

  test('is never more than half sure', () => {
    expect(of('word '.repeat(100_000)).confidence).toBeLessThanOrEqual(0.5)
    expect(of('word').confidence).toBeGreaterThanOrEqual(0.2)
  })

  test('a long turn of which only the ends were read counts with its whole length', () => {
    expect(of('word '.repeat(2_000)).value).toBeGreaterThan(of('word '.repeat(200)).value ?? 1)
  })

  test('abstains without any text', () => {
    expect(of('')).toEqual({ value: undefined, confidence: 0 })
  })
})
