import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { contests, judgePrompt, pointsOf, readVerdict } from '../../src/profile/contest'

describe('contests', () => {
  it.each([
    [1, 0],
    [2, 1],
    [3, 3],
    [7, 7],
  ])('among %d models are %d a brief', (models, count) => {
    const names = Array.from({ length: models }, (_, index) => `m${index}`)
    expect(contests(['brief'], names, createRandom(1))).toHaveLength(count)
  })

  it('let each model meet two others, and never itself', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 9 }), fc.nat(), (count, seed) => {
        const names = Array.from({ length: count }, (_, index) => `m${index}`)
        const all = contests(['brief'], names, createRandom(seed))
        for (const name of names) expect(all.filter(({ first, second }) => first === name || second === name)).toHaveLength(2)
        expect(all.every(({ first, second }) => first !== second)).toBe(true)
      }),
      { seed: 1 },
    )
  })
})

describe('a judge', () => {
  it('sees no names, but words that only contain one', () => {
    const prompt = judgePrompt('A brief', 'I, GPT-5.2, wrote it', 'As gpt I say: a gptlike text', ['gpt', 'gpt-5.2', 'a'])
    expect(prompt).not.toMatch(/\bgpt\b/i)
    expect(prompt).toContain('a gptlike text')
  })

  it.each([
    ['Answer: 1', 'first'],
    ['The second is fresher.\n**Answer:** 2', 'second'],
    ['Answer: 0', 'neither'],
    ['Answer: Answer 2.', 'second'],
    ['Answer: both', undefined],
    ['1 and 2 are alike', undefined],
    ['', undefined],
  ])('%j says %s', (answer, verdict) => {
    expect(readVerdict(answer)).toBe(verdict)
  })

  it.each([
    // Whoever wins in both orders wins; a judge that always prefers one place has said nothing
    ['first', 'second', 1],
    ['second', 'first', 0],
    ['first', 'first', 0.5],
    ['second', 'second', 0.5],
    ['neither', 'neither', 0.5],
    ['first', 'neither', 0.75],
  ] as const)('%s and, swapped, %s give %d points', (straight, swapped, points) => {
    expect(pointsOf(straight, swapped)).toBe(points)
  })
})
