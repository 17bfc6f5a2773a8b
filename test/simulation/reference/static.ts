/** Those that look at no load: by chance, in turn, and in turn by weight (smooth, as nginx has it). */
import type { Setting } from '../simulation'
import { any, reference } from './reference'

export const random = reference('random', ({ random: draw }) => ({ pick: (_, open) => any(open, draw) }))

export const roundRobin = reference('round robin', ({ scenario, random: draw }) => {
  const turns = Array.from({ length: scenario.isolates }, () => Math.floor(draw() * scenario.fleet.models.length))
  return {
    pick: ({ isolate }, open) => {
      const turn = turns[isolate] ?? 0
      turns[isolate] = turn + 1
      return open[turn % open.length] ?? any(open, draw)
    },
  }
})

export const weightedRoundRobin = reference('weighted round robin', (setting: Setting) => {
  const { scenario, weights, random: draw } = setting
  const credits = Array.from({ length: scenario.isolates }, () => weights.map(weight => weight * draw()))
  return {
    pick: ({ isolate }, open) => {
      const own = credits[isolate] ?? []
      let total = 0
      let best = open[0] ?? 0
      for (const model of open) {
        const weight = weights[model] ?? 0
        total += weight
        own[model] = (own[model] ?? 0) + weight
        if ((own[model] ?? 0) > (own[best] ?? 0)) best = model
      }
      own[best] = (own[best] ?? 0) - total
      return best
    },
  }
})
