/** What the shipped weights are worth on the half of our own prompts that they have not learned from. Floors, a few points below what is measured. */
import { expect, describe as suite, test } from 'vitest'
import { describe } from '../../src/context/describe'
import type { Features, Topic } from '../../src/context/features'
import LANGUAGE from '../../src/context/weights/language.json' with { type: 'json' }
import WEIGHTS from '../../src/context/weights/task.json' with { type: 'json' }
import { MEASURED_ONLY } from './examples'
import { calibrationError, spearman } from './metrics'
import { OWN_HELD_OUT, OWN_PROMPTS, type Row } from './rows'
import { DEMANDING } from './weights'

const described = new Map<Row, Features>(
  OWN_HELD_OUT.map(row => [row, describe({ model: 'auto', messages: [{ role: 'user', content: row.prompt }] })]),
)
const of = (row: Row): Features => described.get(row) ?? expect.unreachable()
const share = (rows: readonly Row[], holds: (row: Row) => boolean): number => rows.filter(holds).length / rows.length
const isRight = (row: Row): boolean => row.topics.some(topic => topic === of(row).topic.value)
const threeOf = (topic: Topic | undefined): string =>
  topic === 'coding' || topic === 'technical_support' ? 'technical' : topic === 'creative_writing' ? 'creative' : 'general'
const isRightOfThree = (row: Row): boolean => row.topics.some(topic => threeOf(topic) === threeOf(of(row).topic.value))

test('some 200 prompts of each language are kept from training, none of them a trained one', () => {
  const trained = new Set(OWN_PROMPTS.map(({ prompt }) => prompt))
  expect(OWN_HELD_OUT.filter(({ prompt }) => trained.has(prompt))).toEqual([])
  for (const [, rows] of Map.groupBy(OWN_HELD_OUT, ({ lang }) => lang)) expect(rows.length).toBeGreaterThan(170)
})

suite('topic', () => {
  // one standard error of a share of 0.85 among 200 is 0.025
  test.each([...Map.groupBy(OWN_HELD_OUT, ({ lang }) => lang)])(
    '%s: technical, creative and general are told apart',
    (_, rows) => {
      expect(share(rows, isRightOfThree)).toBeGreaterThanOrEqual(0.8)
      expect(share(rows, isRight)).toBeGreaterThanOrEqual(0.7)
    },
  )

  test('over all languages, 85 in 100 of three and 76 in 100 of nine', () => {
    expect(share(OWN_HELD_OUT, isRightOfThree)).toBeGreaterThanOrEqual(0.85)
    expect(share(OWN_HELD_OUT, isRight)).toBeGreaterThanOrEqual(0.76)
  })

  test('is right about as often as it says', () => {
    const stated = OWN_HELD_OUT.map(row => ({ confidence: of(row).topic.confidence, came: isRight(row) ? 1 : 0 }))
    expect(calibrationError(stated)).toBeLessThan(0.05)
    // the surer half is right more often than the other
    const ordered = [...OWN_HELD_OUT].sort((one, other) => of(other).topic.confidence - of(one).topic.confidence)
    const half = Math.floor(ordered.length / 2)
    expect(share(ordered.slice(0, half), isRight)).toBeGreaterThan(share(ordered.slice(half), isRight) + 0.2)
  })
})

suite('complexity', () => {
  const labels = OWN_HELD_OUT.map(({ complexity }) => complexity ?? 0)
  const guesses = OWN_HELD_OUT.map(row => of(row).complexity.value ?? 0)

  test('ranks prompts as people do, far better than their length', () => {
    expect(spearman(labels, guesses)).toBeGreaterThan(0.6)
    expect(spearman(labels, guesses)).toBeGreaterThan(
      spearman(
        labels,
        OWN_HELD_OUT.map(({ prompt }) => prompt.length),
      ) + 0.2,
    )
  })

  test('is the probability that a prompt is demanding', () => {
    const stated = OWN_HELD_OUT.map((row, index) => ({
      confidence: guesses[index] ?? 0,
      came: (row.complexity ?? 0) >= DEMANDING ? 1 : 0,
    }))
    // of 1,000 prompts in ten bins chance alone makes 0.03
    expect(calibrationError(stated)).toBeLessThan(0.07)
  })
})

suite('the shipped weights', () => {
  test('name their sources, and none that may only be measured', () => {
    expect(WEIGHTS.sources.length).toBeGreaterThan(5)
    for (const name of [...MEASURED_ONLY, 'AlpacaEval', 'FLASK', 'AlignBench'])
      expect(WEIGHTS.sources.join().toLowerCase()).not.toContain(name.toLowerCase())
    expect(WEIGHTS.input).toMatch(/^[0-9a-f]{64}$/)
  })

  test('are small: a megabyte together before they are written as text', () => {
    const bytes = [WEIGHTS.table, LANGUAGE].reduce((sum, { data }) => sum + (data.length * 3) / 4, 0)
    expect(bytes).toBeLessThan(1_000_000)
  })
})
