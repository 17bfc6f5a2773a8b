/**
 * Hashing with bounded loads (Mirrokni, Thorup and Zadimoghaddam, SODA 2018) over exact counts: the conversation's models in the order that its hash
 * gives (weighted rendezvous), and the first of them within 1.25 times its share.
 */
import { reference } from './reference'
import { SharedCounts } from './shared-counts'

const BALANCE = 1.25

export const boundedHash = reference('bounded-load hashing', setting => {
  const { weights } = setting
  const counts = new SharedCounts(setting, { exact: true })
  return {
    pick: ({ session, id, isolate }, open) => {
      const key = session < 0 ? id + 2 ** 30 : session
      const order = open.toSorted((a, b) => scoreOf(key, b, weights[b] ?? 1) - scoreOf(key, a, weights[a] ?? 1))
      const all = open.reduce((sum, model) => sum + counts.inFlight(isolate, model), 0)
      const weight = open.reduce((sum, model) => sum + (weights[model] ?? 1), 0)
      const bound = (model: number) => Math.ceil((BALANCE * (all + 1) * (weights[model] ?? 1)) / weight)
      return order.find(model => counts.inFlight(isolate, model) < bound(model)) ?? order[0] ?? 0
    },
    sent: ({ isolate }, model) => counts.add(isolate, model, 1),
    ended: ({ isolate }, model) => counts.add(isolate, model, -1),
    lost: ({ isolate }, model) => counts.add(isolate, model, -1),
  }
})

/** Highest wins, in proportion to the weights. */
const scoreOf = (key: number, model: number, weight: number): number => -weight / Math.log(uniform(key, model))

/** In (0, 1), by the finaliser of MurmurHash 3. */
function uniform(key: number, model: number): number {
  let hash = Math.imul(key ^ Math.imul(model + 1, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32 + 2 ** -33
}
