/**
 * By the longest known beginning, as SGLang's router does it: each isolate remembers which model it sent which beginnings to. A prompt of which more than
 * half is known goes there; any other to whoever has been given least; and while the isolate's own loads are far apart, to the least
 * loaded.
 */
import { PrefixCache } from '../prefix-cache'
import { least, reference } from './reference'
import { SharedCounts } from './shared-counts'

const MATCH = 0.5
const APART = 32
/** What an isolate remembers of a model, in blocks. */
const REMEMBERED = 4_000

export const prefixTree = reference('prefix tree', setting => {
  const { scenario, random } = setting
  const counts = new SharedCounts(setting, { exact: true })
  const known: PrefixCache[][] = Array.from({ length: scenario.isolates }, () => [])
  const given: number[][] = Array.from({ length: scenario.isolates }, () => [])
  const knownOf = (isolate: number, model: number): PrefixCache => {
    const own = known[isolate] ?? []
    const cache = own[model] ?? new PrefixCache(REMEMBERED)
    own[model] = cache
    return cache
  }
  return {
    pick: ({ isolate, blocks, promptTokens }, open) => {
      const loads = open.map(model => counts.own(isolate, model))
      const [highest, lowest] = [Math.max(...loads), Math.min(...loads)]
      if (highest - lowest > APART) return least(open, model => counts.own(isolate, model), random)
      const matchOf = (model: number) => knownOf(isolate, model).cachedTokens(blocks, promptTokens) / promptTokens
      const best = least(open, model => -matchOf(model), random)
      return matchOf(best) > MATCH ? best : least(open, model => given[isolate]?.[model] ?? 0, random)
    },
    sent: ({ isolate, blocks, promptTokens }, model) => {
      counts.add(isolate, model, 1)
      const own = given[isolate]
      if (own !== undefined)
        own[model] =
          (own[model] ?? 0) + promptTokens * (1 - knownOf(isolate, model).cachedTokens(blocks, promptTokens) / promptTokens)
      knownOf(isolate, model).store(blocks)
    },
    ended: ({ isolate }, model) => counts.add(isolate, model, -1),
    lost: ({ isolate }, model) => counts.add(isolate, model, -1),
    forget: isolate => {
      known[isolate] = []
      given[isolate] = []
    },
  }
})
