/**
 * Rotates by turn: every eligible model is first equally often, exactly so over each full round of an isolate's decisions.
 *
 * The rotation runs over the eligible models alone. Skipping an excluded model within a rotation over all of them would hand its
 * whole share to the next in line. Credentials of one model take its turns in turn: a second key makes a model no more than one of those that
 * rotate.
 */
import { byConfiguration } from './order'
import type { Strategy } from './strategy'

/** Score: the place in the rotation, 0 first. */
export const roundRobin: Strategy = {
  name: 'round-robin',
  prepare(models) {
    const inOrder = byConfiguration(models)
    return (candidates, { turn }) => {
      const models = [...Map.groupBy(inOrder(candidates), ({ model }) => model.of).values()]
      const round = Math.floor(turn / models.length)
      return rotated(models, turn)
        .flatMap(credentials => rotated(credentials, round))
        .map(({ model }, score) => ({ model, score }))
    }
  },
}

function rotated<T>(items: readonly T[], turn: number): readonly T[] {
  const start = items.length === 0 ? 0 : ((turn % items.length) + items.length) % items.length
  return [...items.slice(start), ...items.slice(0, start)]
}
