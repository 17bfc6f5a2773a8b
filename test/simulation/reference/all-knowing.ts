/** Knows every queue, cache, speed and fault as it is, though not what comes next, and takes the model of the least expected time to first token. */
import { least, reference } from './reference'

export const ALL_KNOWING = 'all-knowing'

export const allKnowing = reference(
  ALL_KNOWING,
  ({ upstreams, random }) => ({
    pick: ({ blocks, promptTokens }, open) =>
      least(open, model => upstreams[model]?.expectedFirstTokenMs(blocks, promptTokens) ?? Number.POSITIVE_INFINITY, random),
  }),
  { knowsHealth: true },
)
