/**
 * The better of two at random by peak EWMA of the latency times requests in flight, as each isolate sees them itself (Twitter's Finagle, and
 * linkerd after it). Latency is the time to the first token: that of a whole answer would measure how long it is.
 */
import { any, reference } from './reference'

const DECAY_MS = 10_000
/** What never answered costs so much, once anything is in flight there. */
const PENALTY_MS = 60_000

export const peakEwma = reference('peak-EWMA P2C', ({ clock, scenario, random }) => {
  const models = scenario.fleet.models.length
  const size = scenario.isolates * models
  const costs = new Float64Array(size)
  const seenAtMs = new Float64Array(size)
  const pending = new Int32Array(size)
  const at = (isolate: number, model: number) => isolate * models + model
  const observe = (index: number, ms: number) => {
    const keep = Math.exp(-(clock.nowMs - (seenAtMs[index] ?? 0)) / DECAY_MS)
    const old = costs[index] ?? 0
    costs[index] = ms > old ? ms : old * keep + ms * (1 - keep)
    seenAtMs[index] = clock.nowMs
  }
  const loadOf = (index: number) => {
    const cost = (costs[index] ?? 0) * Math.exp(-(clock.nowMs - (seenAtMs[index] ?? 0)) / DECAY_MS)
    const count = pending[index] ?? 0
    return cost === 0 && count > 0 ? PENALTY_MS + count : cost * (count + 1)
  }
  const end = (index: number) => {
    pending[index] = (pending[index] ?? 0) - 1
  }
  return {
    pick: ({ isolate }, open) => {
      const a = any(open, random)
      if (open.length === 1) return a
      const b = any(
        open.filter(model => model !== a),
        random,
      )
      return loadOf(at(isolate, a)) <= loadOf(at(isolate, b)) ? a : b
    },
    sent: ({ isolate }, model) => {
      pending[at(isolate, model)] = (pending[at(isolate, model)] ?? 0) + 1
    },
    firstToken: ({ isolate }, model, ms) => observe(at(isolate, model), ms),
    ended: ({ isolate }, model, ms, { ok }) => {
      // A failure is as slow as whatever comes after it
      if (!ok) observe(at(isolate, model), Math.max(ms, 1_000))
      end(at(isolate, model))
    },
    lost: ({ isolate }, model) => end(at(isolate, model)),
    forget: isolate => {
      // Late endings of the old isolate's requests may still come, so the counts stay
      for (let model = 0; model < models; model++) costs[at(isolate, model)] = 0
    },
  }
})
