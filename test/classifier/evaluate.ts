/**
 * What the classifier is worth: `--data DIR`. On rows that it has not learned from, beside what the length of the prompt, chance or the most
 * frequent answer would do. `--without a,b` trains anew without these data sets first, to see how it does on what it knows nothing of.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '../../src/algorithm/random'
import { Classifier, type Scores } from '../../src/context/classifier'
import { TOPICS, type Topic } from '../../src/context/features'
import { languageOfText } from '../../src/context/language'
import { read } from '../../src/context/text'
import { topicOf } from '../../src/context/topic'
import SHIPPED from '../../src/context/weights/task.json' with { type: 'json' }
import { choices } from './choice'
import { gainOf, MEASURED_ONLY, weakFailed } from './examples'
import { evaluateLanguage } from './language/evaluate'
import { calibrationError, type Routed, routingQuality, spearman } from './metrics'
import { PUBLISHED } from './published'
import { directoryOf, OWN_HELD_OUT, ownTestPrompts, type Row, readAllRows, readPairs, readRows } from './rows'
import { DEMANDING, trainClassifier } from './weights'

const RESAMPLES = 200
const directory = directoryOf(process.argv)
const pairs = readPairs(directory)
const without = process.argv.includes('--without') ? (process.argv[process.argv.indexOf('--without') + 1] ?? '').split(',') : []
const train = readRows(directory, 'train')
// what may only be measured is measured whole; so is what was left out
const isUnseen = ({ dataset }: Row): boolean => MEASURED_ONLY.includes(dataset) || without.includes(dataset)
const rows = [...readRows(directory, 'dev'), ...train.filter(isUnseen)]
const classifier = new Classifier(without.length === 0 ? SHIPPED : trainClassifier(train, pairs, { seed: 1, without }))

const scoresOf = ({ prompt }: Row): Scores | undefined =>
  classifier.score(read({ model: 'auto', messages: [{ role: 'user', content: prompt }] }))
const scores = new Map<Row, Scores | undefined>([...rows, ...OWN_HELD_OUT].map(row => [row, scoresOf(row)]))
const complexityOf = (row: Row): number => scores.get(row)?.complexity ?? 0

const fixed = (value: number, digits = 3): string => value.toFixed(digits)
const print = (...cells: readonly (string | number)[]): void =>
  console.log(cells.map((cell, index) => (index === 0 ? String(cell).padEnd(16) : String(cell).padStart(9))).join(' '))
const heading = (text: string): void => console.log(`\n${text}`)
const groupsOf = (list: readonly Row[], name: (row: Row) => string): ReadonlyMap<string, readonly Row[]> =>
  Map.groupBy(list, name)

heading(
  'Strong or weak model: gap recovered (95 % of resamples), and the share of requests to the strong one for half and 80 % of the gap',
)
print('set', 'rows', 'area', 'from', 'to', 'half', '80 %', 'length')
const routed = (list: readonly Row[], guess: (row: Row) => number): readonly Routed[] =>
  list.flatMap(row => {
    const gain = gainOf(row, pairs)
    return gain === undefined ? [] : [{ gain, guess: guess(row) }]
  })
const pooled: Row[] = []
for (const [dataset, list] of groupsOf(
  rows.filter(row => gainOf(row, pairs) !== undefined),
  ({ dataset }) => dataset,
)) {
  routing(dataset, list)
  if (pairs.get(dataset)?.strong === 'gpt-4-1106-preview') pooled.push(...list)
}
routing('pool', pooled)
for (const { set, router, area } of PUBLISHED) print(set, '', fixed(area), '', '', '', '', `  ${router}`)
console.log('The lines above are the figures published for RouteLLM, whose routers learned from other data.')

function routing(name: string, list: readonly Row[]): void {
  const quality = routingQuality(routed(list, complexityOf))
  if (quality === undefined) return
  const length = routingQuality(routed(list, ({ prompt }) => prompt.length))
  const all = routed(list, complexityOf)
  const random = createRandom(1)
  const resampled = Array.from({ length: RESAMPLES }, () => {
    const drawn = all.map(() => all[Math.floor(random() * all.length)]).filter(each => each !== undefined)
    return routingQuality(drawn)?.area ?? Number.NaN
  }).sort((one, other) => one - other)
  const bound = (share: number): string => fixed(resampled[Math.floor(share * RESAMPLES)] ?? Number.NaN)
  print(
    name,
    all.length,
    fixed(quality.area),
    bound(0.025),
    bound(0.975),
    fixed(quality.half),
    fixed(quality.fourFifths),
    fixed(length?.area ?? 0),
  )
}

heading('Topic: right, right of three (technical, creative, general), the most frequent topic, calibration error')
print('set', 'rows', 'right', 'of three', 'majority', 'error')
const guessed = (row: Row) => topicOf(scores.get(row))
const threeOf = (topic: Topic | undefined): string =>
  topic === 'coding' || topic === 'technical_support' ? 'technical' : topic === 'creative_writing' ? 'creative' : 'general'
const share = (list: readonly Row[], holds: (row: Row) => boolean): number => list.filter(holds).length / list.length
const isRight = (row: Row): boolean => row.topics.some(topic => topic === guessed(row).value)
function topics(name: string, list: readonly Row[]): void {
  print(
    name,
    list.length,
    fixed(share(list, isRight)),
    fixed(share(list, row => row.topics.some(topic => threeOf(topic) === threeOf(guessed(row).value)))),
    fixed(Math.max(...TOPICS.map(topic => share(list, row => row.topics.includes(topic))))),
    fixed(calibrationError(list.map(row => ({ confidence: guessed(row).confidence, came: isRight(row) ? 1 : 0 })))),
  )
}
for (const [dataset, list] of groupsOf(
  rows.filter(({ topics }) => topics.length > 0),
  ({ dataset }) => dataset,
))
  topics(dataset, list)
for (const [lang, list] of groupsOf(OWN_HELD_OUT, ({ lang }) => `own, ${lang}`)) topics(lang, list)
topics('own', OWN_HELD_OUT)

heading('Complexity: rank correlation with the label, with the length of the prompt, calibration error')
print('set', 'rows', 'guess', 'length', 'error')
for (const [name, list] of [
  ['flask', rows.filter(({ dataset }) => dataset === 'flask')],
  ['own', OWN_HELD_OUT],
] as const) {
  const labels = list.map(({ complexity }) => complexity ?? 0)
  const stated = list.map(row => ({ confidence: complexityOf(row), came: (row.complexity ?? 0) >= DEMANDING ? 1 : 0 }))
  print(
    name,
    list.length,
    fixed(spearman(labels, list.map(complexityOf))),
    fixed(
      spearman(
        labels,
        list.map(({ prompt }) => prompt.length),
      ),
    ),
    fixed(calibrationError(stated)),
  )
}
const failures = rows
  .filter(row => !MEASURED_ONLY.includes(row.dataset))
  .flatMap(row => {
    const came = weakFailed(row, pairs)
    return came === undefined ? [] : [{ confidence: complexityOf(row), came }]
  })
print('exams', failures.length, '', '', fixed(calibrationError(failures)))

heading('One of many models, by the mean score of each on the topic: best single model, chosen, best for each row')
print('set', 'rows', 'single', 'chosen', 'best')
for (const { dataset, count, single, chosen, best } of choices(
  train,
  rows,
  row => topicOf(scores.get(row) ?? scoresOf(row)).value,
))
  print(dataset, count, fixed(single), fixed(chosen), fixed(best))

heading('Language: right')
const languages = readAllRows(directory, 'dev')
  .filter(({ task }) => task === 'language')
  .map(({ lang, prompt, category }) => ({ lang, prompt, kind: category }))
const { kinds, calibrationError: languageError } = evaluateLanguage(languages, languageOfText)
for (const [kind, { rows: count, right }] of kinds) print(kind, count, fixed(right / count))
print('error', languages.length, fixed(languageError))

heading('Weights, bytes as text')
for (const name of ['task', 'language'])
  print(name, readFileSync(join(import.meta.dirname, `../../src/context/weights/${name}.json`)).length)
heading('Time for topic, task and complexity of 500 characters, µs')
const long = rows
  .filter(({ prompt }) => prompt.length >= 500)
  .map(row => ({ ...row, prompt: row.prompt.slice(0, 500) }))
  .slice(0, 1_000)
const times = Array.from({ length: 20 }, () => {
  const start = performance.now()
  for (const row of long) scoresOf(row)
  return ((performance.now() - start) * 1_000) / long.length
}).sort((one, other) => one - other)
print('median of 20', '', fixed(times[10] ?? 0, 1))

// in the end, when nothing can be changed for it any more
heading(
  'Topic of our own test prompts, which nothing was learned from or chosen by: right, right of three, majority, calibration error',
)
print('set', 'rows', 'right', 'of three', 'majority', 'error')
const test = ownTestPrompts()
for (const row of test) scores.set(row, scoresOf(row))
for (const [lang, list] of groupsOf(test, ({ lang }) => `test, ${lang}`)) topics(lang, list)
topics('test', test)
