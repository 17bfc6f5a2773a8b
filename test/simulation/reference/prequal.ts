/**
 * Prequal (Wydrowski, Kleinberg, Rumble and Archer, NSDI 2024): each isolate probes a few models a request for their requests in flight and for the latency
 * they lately had at such a load. Models above a quantile of the former are hot; the cold one of the least latency is taken, or the
 * least loaded if all are hot. It is given what no hosted API offers: probes that the server answers itself.
 */
import { any, least, reference } from './reference'

const PROBES = 3
const POOL = 16
const PROBE_MS = 30
const MAX_AGE_MS = 1_000
const REUSE = 3
/** Of requests in flight: above it a model is hot. */
const HOT = 0.84
const RECENT = 32
/** So many of the recent ones are close enough in load. */
const NEAREST = 7

interface Probe {
  readonly model: number
  readonly inFlight: number
  readonly latencyMs: number
  readonly atMs: number
  used: number
}

export const prequal = reference('Prequal', ({ clock, scenario, random, upstreams }) => {
  const pools: Probe[][] = Array.from({ length: scenario.isolates }, () => [])
  const removals = new Int32Array(scenario.isolates)
  const recent: { inFlight: number; ms: number }[][] = upstreams.map(() => [])
  const atSend = new Map<number, number>()
  const models = upstreams.map((_, index) => index)

  const latencyAt = (model: number, inFlight: number): number => {
    const near = (recent[model] ?? []).toSorted((a, b) => Math.abs(a.inFlight - inFlight) - Math.abs(b.inFlight - inFlight))
    const times = near.slice(0, NEAREST).map(({ ms }) => ms)
    return times.sort((a, b) => a - b)[times.length >> 1] ?? 0
  }
  const probe = (isolate: number) => {
    const model = any(models, random)
    clock.after(PROBE_MS, () => {
      const server = upstreams[model]?.server
      if (server === undefined || server.isDown) return
      const pool = pools[isolate] ?? []
      const { inFlight } = server
      pool.push({ model, inFlight, latencyMs: latencyAt(model, inFlight), atMs: clock.nowMs, used: 0 })
      if (pool.length > POOL) pool.shift()
    })
  }
  /** The oldest and the worst in turn, so that the pool does not keep what nobody picks. */
  const removeOne = (isolate: number, pool: Probe[]) => {
    const turn = removals[isolate] ?? 0
    removals[isolate] = turn + 1
    if (turn % 2 === 0) pool.shift()
    else {
      const worst = pool.reduce((at, each, index) => (each.inFlight > (pool[at]?.inFlight ?? 0) ? index : at), 0)
      pool.splice(worst, 1)
    }
  }
  return {
    pick: ({ isolate }, open) => {
      const pool = (pools[isolate] ?? []).filter(each => clock.nowMs - each.atMs <= MAX_AGE_MS && each.used < REUSE)
      const usable = pool.filter(each => open.includes(each.model))
      for (let i = 0; i < PROBES; i++) probe(isolate)
      pools[isolate] = pool
      if (usable.length < 2) return any(open, random)
      const counts = usable.map(({ inFlight }) => inFlight).sort((a, b) => a - b)
      const hot = counts[Math.floor(HOT * counts.length)] ?? Number.POSITIVE_INFINITY
      const cold = usable.filter(({ inFlight }) => inFlight < hot)
      const places = (cold.length > 0 ? cold : usable).map((_, index) => index)
      const among = cold.length > 0 ? cold : usable
      const costOf = (index: number) => (cold.length > 0 ? among[index]?.latencyMs : among[index]?.inFlight) ?? 0
      const chosen = among[least(places, costOf, random)]
      if (chosen === undefined) return any(open, random)
      chosen.used += 1
      if (pool.length > POOL / 2) removeOne(isolate, pool)
      return chosen.model
    },
    sent: ({ id }, model) => {
      atSend.set(id, upstreams[model]?.server.inFlight ?? 0)
    },
    firstToken: ({ id }, model, ms) => {
      const times = recent[model]
      times?.push({ inFlight: atSend.get(id) ?? 0, ms })
      if (times !== undefined && times.length > RECENT) times.shift()
    },
    ended: ({ id }) => {
      atSend.delete(id)
    },
    lost: ({ id }) => {
      atSend.delete(id)
    },
    forget: isolate => {
      pools[isolate] = []
    },
  }
})
