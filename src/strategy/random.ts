/**
 * A weighted random order: the first by weight, the next by weight among the rest, and so on. It knows nothing of the load, needs
 * no state, and any number of isolates that share nothing still keep the weights on average.
 */
import { weightedOrder } from '../algorithm/sampling'
import { byConfiguration } from './order'
import type { Strategy } from './strategy'

/** Score: the model's weight. */
export const random: Strategy = {
  name: 'random',
  prepare(models) {
    const inOrder = byConfiguration(models)
    return (candidates, situation) => {
      const ordered = inOrder(candidates)
      const weights = ordered.map(({ model }) => model.weight)
      return weightedOrder(weights, situation.random)
        .flatMap(index => ordered[index] ?? [])
        .map(({ model }) => ({ model, score: model.weight }))
    }
  },
}
