/** Choosing among many models by a table of how good each was, on average, at a topic. */
import type { Topic } from '../../src/context/features'
import { MEASURED_ONLY } from './examples'
import type { Row } from './rows'

export interface Choice {
  readonly dataset: string
  readonly count: number
  /** Mean score of the model that was best on the rows learned from. */
  readonly single: number
  readonly chosen: number
  /** Of the best model for each row: nothing can do better. */
  readonly best: number
}

/** Rows of a topic fewer than this are drawn towards the model's mean over all. */
const FIRM = 50

/** The table learns from `seen`; what it is worth is told of `rows`. */
export function choices(seen: readonly Row[], rows: readonly Row[], topicOf: (row: Row) => Topic | undefined): readonly Choice[] {
  const measured = Map.groupBy(
    rows.filter(({ outcomes }) => outcomes !== undefined),
    ({ dataset }) => dataset,
  )
  return [...measured].flatMap(([dataset, list]) => {
    const learned = seen.filter(row => row.dataset === dataset)
    const [first] = list
    if (first === undefined || MEASURED_ONLY.includes(dataset)) return []
    const models = Object.keys(first.outcomes ?? {})
    if (models.length < 3) return []
    const table = tableOf(learned, models, topicOf)
    const pick = (topic: Topic | undefined): string =>
      models.reduce((best, model) => (table(model, topic) > table(best, topic) ? model : best))
    const single = pick(undefined)
    const mean = (score: (row: Row) => number): number => list.reduce((sum, row) => sum + score(row), 0) / list.length
    return [
      {
        dataset,
        count: list.length,
        single: mean(({ outcomes }) => outcomes?.[single] ?? 0),
        chosen: mean(row => row.outcomes?.[pick(topicOf(row))] ?? 0),
        best: mean(({ outcomes }) => Math.max(...models.map(model => outcomes?.[model] ?? 0))),
      },
    ]
  })
}

function tableOf(rows: readonly Row[], models: readonly string[], topicOf: (row: Row) => Topic | undefined) {
  const sums = new Map<string, { sum: number; count: number }>()
  const entryOf = (name: string) => sums.get(name) ?? { sum: 0, count: 0 }
  for (const row of rows) {
    const topic = topicOf(row)
    for (const model of models)
      for (const name of new Set([`${model}/${undefined}`, `${model}/${topic}`])) {
        const { sum, count } = entryOf(name)
        sums.set(name, { sum: sum + (row.outcomes?.[model] ?? 0), count: count + 1 })
      }
  }
  return (model: string, topic: Topic | undefined): number => {
    const all = entryOf(`${model}/${undefined}`)
    const mean = all.sum / Math.max(1, all.count)
    if (topic === undefined) return mean
    const { sum, count } = entryOf(`${model}/${topic}`)
    return (sum + FIRM * mean) / (count + FIRM)
  }
}
