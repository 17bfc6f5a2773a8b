/**
 * Serves by a cyclic schedule of the weights: exact shares over each full period of the eligible models, and never a whole
 * request away from them in between. The rest of a ranking follows in the order of the schedule's next slots, so that what falls
 * back also spreads by weight.
 *
 * Which models are eligible changes with the load, so each subset has a schedule of its own, made when it first occurs.
 */
import { createSchedule, type Schedule } from '../algorithm/schedule'
import { byConfiguration } from './order'
import type { Candidate, Strategy } from './strategy'

/**
 * Schedules kept per route. At most 10,000 slots each, so some megabytes at the very worst; ten models of which any two are out
 * make 56 subsets.
 */
const MAX_SCHEDULES = 64

/** Score: the place in the schedule from this turn on, 0 first. */
export const weightedRoundRobin: Strategy = {
  name: 'weighted-round-robin',
  prepare(models) {
    const inOrder = byConfiguration(models)
    const scheduleOf = memoised()
    return (candidates, { turn }) => {
      const ordered = inOrder(candidates)
      return scheduleOf(ordered)
        .from(turn)
        .flatMap(index => ordered[index] ?? [])
        .map(({ model }, score) => ({ model, score }))
    }
  },
}

/** Forgets the schedule that was made first when there are too many; it is made again when it is needed again. */
function memoised(): (candidates: readonly Candidate[]) => Schedule {
  const schedules = new Map<string, Schedule>()
  return candidates => {
    const key = JSON.stringify(candidates.map(({ model }) => [model.id, model.weight]))
    const known = schedules.get(key)
    if (known !== undefined) return known
    const schedule = createSchedule(candidates.map(({ model }) => model.weight))
    for (const oldest of schedules.keys()) {
      if (schedules.size < MAX_SCHEDULES) break
      schedules.delete(oldest)
    }
    schedules.set(key, schedule)
    return schedule
  }
}
