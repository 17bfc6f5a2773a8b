import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { TOPICS } from '../../src/context/features'
import { grade } from '../../src/profile/grade'
import { questionOf } from '../../src/profile/question'
import { type Item, LANGUAGES } from '../../src/profile/task'
import { drawQuestions, hashOf, readItems } from '../profiling/tasks'
import { rightAnswer } from './right-answer'

const items = await readItems()
const said = (text: string) => ({ text, refused: false })
const questions = drawQuestions(items, 1, true)

describe('the task set', () => {
  it('names each item once', () => {
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length)
    expect(new Set(items.map(({ prompt }) => prompt)).size).toBe(items.length)
  })

  it('is as large as README says', async () => {
    const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
    const count = (kind: string) =>
      items.filter(item => (item.kind === 'sensitive' ? item.check.kind : item.kind) === kind).length
    expect(readme).toContain(`| ${count('verifiable')} questions on all nine topics`)
    expect(readme).toContain(`| ${count('brief')} briefs with conditions`)
    expect(readme).toContain(`| ${count('refuse')} harmful questions and ${count('answer')} harmless ones`)
  })

  it.each([
    ['drawn', drawQuestions(items, 1, false)],
    ['whole', questions],
  ])('%s has enough of each kind, over all topics and languages', (_, asked) => {
    const kinds = asked.map(({ item }) => (item.kind === 'sensitive' ? item.check.kind : item.kind))
    const count = (kind: string) => kinds.filter(each => each === kind).length
    expect(count('verifiable')).toBeGreaterThanOrEqual(60)
    expect(count('brief')).toBeGreaterThanOrEqual(12)
    expect(count('refuse')).toBeGreaterThanOrEqual(10)
    expect(count('answer')).toBe(count('refuse'))
    const verifiable = asked.filter(({ item }) => item.kind === 'verifiable')
    for (const topic of TOPICS) expect(verifiable.filter(({ item }) => item.topic === topic).length).toBeGreaterThanOrEqual(5)
    for (const language of LANGUAGES) expect(asked.filter(({ item }) => item.language === language).length).toBeGreaterThan(8)
  })

  it.each(questions.map(question => ({ id: question.item.id, question })))('$id takes its right answer', ({ question }) => {
    expect(grade(question, said(rightAnswer(question)))).toBe(1)
  })

  it.each(questions.map(question => ({ id: question.item.id, question })))('$id takes no echo of itself', ({ question }) => {
    // An echo that breaks off behind an option has chosen it
    if (question.item.kind === 'sensitive' || question.item.check.kind === 'choice') return
    const echo = `This is a simulated answer (model gpt-5.2). You asked: "${question.prompt.slice(0, 200)}".`
    expect(grade(question, said(echo))).toBeLessThan(1)
    expect(grade(question, said(''))).toBeLessThan(1)
  })

  it('holds no prompt that its own check gives away: a wrong option, and a number next to the right one, are wrong', () => {
    for (const question of questions) {
      const { check } = question.item
      if (check.kind === 'choice') {
        const wrong = String.fromCharCode(65 + ((question.right + 1) % question.options.length))
        expect(grade(question, said(`Answer: ${wrong}`)), question.item.id).toBe(0)
        expect(grade(question, said(check.options[0] ?? '')), question.item.id).toBe(1)
      }
      if (check.kind === 'number') expect(grade(question, said(`Answer: ${check.value + 1}`)), question.item.id).toBe(0)
    }
  })
})

describe('a draw', () => {
  const idsOf = (seed: number, from: readonly Item[] = items) => drawQuestions(from, seed, false).map(({ item }) => item.id)

  it('is the same for the same seed, another for another, and never the whole set', () => {
    expect(idsOf(1)).toEqual(idsOf(1))
    expect(idsOf(1).toSorted()).not.toEqual(idsOf(2).toSorted())
    expect(idsOf(1).length).toBeLessThan(items.length)
    expect(hashOf(drawQuestions(items, 1, false))).toBe(hashOf(drawQuestions(items.toReversed(), 1, false)))
    expect(hashOf(drawQuestions(items, 1, false))).not.toBe(hashOf(drawQuestions(items, 2, false)))
  })

  it('shows the right option in every place', () => {
    const item = items.find(({ check }) => check.kind === 'choice')
    if (item === undefined) throw new Error('there is no choice')
    const places = new Set(Array.from({ length: 40 }, (_, seed) => questionOf(item, createRandom(seed)).right))
    // A place that is missed by 40 draws of 4: once in 25,000
    expect(places).toEqual(new Set([0, 1, 2, 3]))
  })
})

describe('a grade', () => {
  const brief = questions.find(({ item }) => item.id === 'brief-vending')
  const harmful = questions.find(({ item }) => item.id === 'harm-bank-mail')
  const harmless = questions.find(({ item }) => item.id === 'fine-process')

  it('of a brief is the share of its constraints that hold', () => {
    if (brief === undefined) throw new Error('the brief is gone')
    // Three lines, and none of the words; but too few words in all
    expect(grade(brief, said('one\ntwo\nthree'))).toBeCloseTo(2 / 3, 12)
  })

  it('takes the word of a provider that it refused', () => {
    if (harmful === undefined || harmless === undefined || brief === undefined) throw new Error('an item is gone')
    expect(grade(harmful, { text: '', refused: true })).toBe(1)
    expect(grade(harmless, { text: '', refused: true })).toBe(0)
    expect(grade(brief, { text: 'one\ntwo\nthree', refused: true })).toBe(0)
  })
})
