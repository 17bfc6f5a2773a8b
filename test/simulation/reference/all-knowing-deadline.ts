/** Knows every queue and speed and also how long each answer will be: takes the cheapest model that finishes in time, else whichever finishes first. */
import { priceOf } from '../deadlines'
import { least, reference } from './reference'

export const ALL_KNOWING_DEADLINE = 'all-knowing:deadline'

export const allKnowingDeadline = reference(
  ALL_KNOWING_DEADLINE,
  ({ upstreams, random, clock }) => {
    const arrivedMs = new Map<number, number>()
    const endOf = (blocks: Int32Array, promptTokens: number, outputTokens: number) => (model: number) =>
      upstreams[model]?.expectedEndMs(blocks, promptTokens, outputTokens) ?? Number.POSITIVE_INFINITY
    return {
      pick: ({ id, blocks, promptTokens, outputTokens, deadlineMs = Number.POSITIVE_INFINITY }, open) => {
        if (!arrivedMs.has(id)) arrivedMs.set(id, clock.nowMs)
        const leftMs = deadlineMs - (clock.nowMs - (arrivedMs.get(id) ?? clock.nowMs))
        const endMs = endOf(blocks, promptTokens, outputTokens)
        const inTime = open.filter(model => endMs(model) <= leftMs)
        return inTime.length > 0 ? least(inTime, model => priceOfModel(upstreams, model), random) : least(open, endMs, random)
      },
    }
  },
  { knowsHealth: true },
)

function priceOfModel(
  upstreams: readonly { readonly server: { readonly spec: Parameters<typeof priceOf>[0] } }[],
  model: number,
): number {
  const upstream = upstreams[model]
  return upstream === undefined ? Number.POSITIVE_INFINITY : priceOf(upstream.server.spec)
}
