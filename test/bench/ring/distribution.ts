/** How evenly a ring shares out the circle, and how much of it changes hands when a model goes or comes: exact arcs, no sample of keys. */
import type { Contestant, ContestantName } from './contestants'
import { create, idsOf } from './contestants'

const CIRCLE = 2 ** 32

export interface Distribution {
  /** Largest share over the mean one. */
  readonly maxOverMean: number
  /** Root mean square of the shares' distance from the mean one, over it. */
  readonly spread: number
  /** Share of the circle that changes hands when one of the models goes; ideal: 1 / models. */
  readonly moved: number
  /** The same when one comes; ideal: 1 / (models + 1). */
  readonly movedToNew: number
  /** Share of the circle that changes hands between two models neither of which goes or comes; ideal: 0. */
  readonly movedForNothing: number
}

/** Averages over several sets of ids, in each of which one model goes and another comes. */
export function distributionOf(name: ContestantName, size: number, sets: number): Distribution {
  const each = Array.from({ length: sets }, (_, set) => {
    const ids = idsOf(size, set)
    const [gone, ...rest] = ids
    const added = `set-${set}-new`
    const [before, without, withNew] = [ids, rest, [...ids, added]].map(list => create[name](list))
    if (before === undefined || without === undefined || withNew === undefined) throw new Error('a ring is missing')
    const shares = [...sharesOf(before, ids).values()].map(share => share * size)
    const less = changes(before, without)
    const more = changes(before, withNew)
    return {
      maxOverMean: Math.max(...shares),
      spread: Math.sqrt(mean(shares.map(share => (share - 1) ** 2))),
      moved: sum(less, () => true),
      movedToNew: sum(more, () => true),
      movedForNothing: sum(less, ({ from }) => from !== gone) + sum(more, ({ to }) => to !== added),
    }
  })
  const average = (of: (one: Distribution) => number) => mean(each.map(of))
  return {
    maxOverMean: average(one => one.maxOverMean),
    spread: average(one => one.spread),
    moved: average(one => one.moved),
    movedToNew: average(one => one.movedToNew),
    movedForNothing: average(one => one.movedForNothing),
  }
}

interface Change {
  readonly from: string | undefined
  readonly to: string | undefined
  /** Share of the circle. */
  readonly share: number
}

/** Between two neighbouring nodes of either ring, each has one owner. */
function changes(before: Contestant, after: Contestant): readonly Change[] {
  const [old, young] = [before.nodes(), after.nodes()]
  const ends = [...new Set([...old, ...young].map(({ position }) => position))].sort((a, b) => a - b)
  let [atOld, atYoung] = [0, 0]
  let previous = (ends.at(-1) ?? 0) - CIRCLE
  return ends.flatMap(end => {
    while ((old[atOld]?.position ?? CIRCLE) < end) atOld++
    while ((young[atYoung]?.position ?? CIRCLE) < end) atYoung++
    const [from, to] = [(old[atOld] ?? old[0])?.id, (young[atYoung] ?? young[0])?.id]
    const share = (end - previous) / CIRCLE
    previous = end
    return from === to ? [] : [{ from, to, share }]
  })
}

function sharesOf(ring: Contestant, ids: readonly string[]): ReadonlyMap<string, number> {
  const shares = new Map(ids.map(id => [id, 0]))
  const nodes = ring.nodes()
  let previous = (nodes.at(-1)?.position ?? 0) - CIRCLE
  for (const { position, id } of nodes) {
    shares.set(id, (shares.get(id) ?? 0) + (position - previous) / CIRCLE)
    previous = position
  }
  return shares
}

const sum = (list: readonly Change[], which: (change: Change) => boolean) =>
  list.filter(which).reduce((total, { share }) => total + share, 0)
const mean = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / values.length
