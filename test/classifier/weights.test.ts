/** Training on a few hundred made-up rows: that it learns, that it is the same each time, and what it leaves alone. */
import { expect, describe as suite, test } from 'vitest'
import { Classifier } from '../../src/context/classifier'
import { TOPICS } from '../../src/context/features'
import { read } from '../../src/context/text'
import { parseRow, type Row } from './rows'
import { trainClassifier } from './weights'

const PAIRS = new Map([['exam', { strong: 'large', weak: 'small' }]])

const row = (fields: Readonly<Record<string, unknown>>): Row =>
  parseRow(JSON.stringify({ lang: 'en', task: 'routing', ...fields }))

/** Questions on flints are hard for the small model, those on ferns are not. */
const EXAMS = Array.from({ length: 120 }, (_, index) => {
  const subject = index % 2 === 0 ? 'flint' : 'fern'
  return row({
    id: String(index),
    dataset: 'exam',
    category: subject,
    topic: 'knowledge_qa',
    prompt: `Which ${subject} is number ${index}?\nA. the ${subject} of layer ${index % 7}\nB. none\nAnswer:`,
    outcomes: { large: 1, small: subject === 'flint' ? 0 : 1 },
  })
})
const measuredOnly = row({ id: 'm', dataset: 'flask', category: 'x', prompt: 'never to be learned', complexity: 5 })

const trained = trainClassifier(EXAMS, PAIRS, { seed: 3 })

suite('training', () => {
  test('is the same each time', () => {
    expect(trainClassifier(EXAMS, PAIRS, { seed: 3 })).toEqual(trained)
  }, 60_000)

  test('with another seed is not', () => {
    expect(trainClassifier(EXAMS, PAIRS, { seed: 4 }).table.data).not.toBe(trained.table.data)
  }, 60_000)

  test('learns nothing from what may only be measured', () => {
    const { input: _, ...with_ } = trainClassifier([...EXAMS, measuredOnly], PAIRS, { seed: 3 })
    const { input: __, ...without } = trained
    expect(with_).toEqual(without)
  }, 60_000)

  test('nor from what is left out', () => {
    expect(
      trainClassifier([...EXAMS, row({ id: 'o', dataset: 'other', topic: 'coding', prompt: 'x' })], PAIRS, {
        seed: 3,
        without: ['other'],
      }),
    ).toEqual(trained)
  }, 60_000)

  test('finds where the strong model gains', () => {
    const classifier = new Classifier(trained)
    const complexity = (subject: string): number =>
      classifier.score(
        read({
          model: 'auto',
          messages: [
            { role: 'user', content: `Which ${subject} is number 500?\nA. the ${subject} of layer 9\nB. none\nAnswer:` },
          ],
        }),
      )?.complexity ?? Number.NaN
    expect(complexity('flint')).toBeGreaterThan(complexity('fern') + 0.3)
  })

  test('knows topics from our own prompts alone', () => {
    const scores = new Classifier(trained).score(
      read({ model: 'auto', messages: [{ role: 'user', content: 'Schreib ein Gedicht über den Herbst' }] }),
    )
    expect(scores?.topics[TOPICS.indexOf('creative_writing')]).toBeGreaterThan(0.5)
  })
})
