/**
 * Rotates by turn: every eligible model is first equally often, exactly so over each full round of an isolate's decisions.
 *
 * The rotation runs over the eligible models alone. Skipping an excluded model within a rotation over all of them would hand its
 * whole share to the next in line.
 */
import { byConfiguration } from './order'
import type { Strategy } from './strategy'

/** Score: the place in the rotation, 0 first. */
export const roundRobin: Strategy = {
  name: 'round-robin',
  prepare(models) {
    const inOrder = byConfiguration(models)
    return (candidates, { turn }) => {
      const ordered = inOrder(candidates)
      const start = ordered.length === 0 ? 0 : ((turn % ordered.length) + ordered.length) % ordered.length
      return [...ordered.slice(start), ...ordered.slice(0, start)].map(({ model }, score) => ({ model, score }))
    }
  },
}
