/**
 * Whether a route can be reached at all, proven either way: by a request that reaches it, or by the earlier routes that together take
 * whatever it would. That is satisfiability over finite domains, solved as Davis, Logemann and Loveland do (CACM 5, 1962): of the earlier
 * routes that might still apply, the one with the fewest ways not to is decided first.
 *
 * The worst case is exponential, so the work is bounded and the answer may be that nobody knows. Configurations are far from it.
 */
import { type Condition, conditionsOf, type Subject, type When } from './condition'
import { subjectOf, type Value, valuesOf, type Witness } from './witness'

export type Reach =
  | { readonly kind: 'reached'; readonly witness: Witness }
  /** `by`: places of the earlier routes that are needed to take everything; none where no request meets its own conditions. */
  | { readonly kind: 'unreachable'; readonly by: readonly number[] }
  /** The bounded work did not suffice. */
  | { readonly kind: 'undecided' }

export interface Reachability {
  /** Of each route, in order. */
  readonly routes: readonly Reach[]
  /** Of what lies behind the last one. */
  readonly none: Reach
}

/** Looks at an earlier route, for each route that is judged: some 20 ms at the very most, and a few microseconds as a rule. */
const MAX_STEPS = 20_000

/** Each field's values that are still possible, one bit each. */
type Region = readonly bigint[]

/** A route's conditions: the place of the field, and the values that meet it. */
type Box = readonly (readonly [field: number, values: bigint])[]

/** `undefined` stands for a route without conditions. */
export function reachability(whens: readonly (When | undefined)[], maxSteps = MAX_STEPS): Reachability {
  const conditions = [...whens, undefined].map(when => conditionsOf(when ?? {}))
  const fields = fieldsOf(conditions)
  const places = new Map(fields.map(({ name }, place) => [name, place]))
  const boxes = conditions.map(each => each.flatMap(condition => boxOf(condition, places, fields)))
  const reaches = boxes.map((_, at) => reachOf(at, boxes, fields, maxSteps))
  return { routes: reaches.slice(0, -1), none: reaches.at(-1) ?? { kind: 'undecided' } }
}

interface Field {
  readonly name: string
  readonly values: readonly Value[]
  /** A request with each of them. */
  readonly subjects: readonly Subject[]
}

function fieldsOf(routes: readonly (readonly Condition[])[]): readonly Field[] {
  const wanted = new Map<string, Condition['wanted'][]>()
  for (const condition of routes.flat()) wanted.set(condition.field, [...(wanted.get(condition.field) ?? []), condition.wanted])
  return [...wanted].map(([name, all]) => {
    const values = valuesOf(name, all)
    return { name, values, subjects: values.map(value => subjectOf({ [name]: value })) }
  })
}

/** The values that meet the condition, by the very code that asks it of requests. */
function boxOf(condition: Condition, places: ReadonlyMap<string, number>, fields: readonly Field[]): Box {
  const place = places.get(condition.field)
  const field = place === undefined ? undefined : fields[place]
  if (place === undefined || field === undefined) return []
  const digits = field.subjects.map(subject => (condition.differs(subject) === undefined ? '1' : '0'))
  // The first value is the lowest bit
  return [[place, BigInt(`0b${digits.reverse().join('')}`)]]
}

function reachOf(at: number, boxes: readonly Box[], fields: readonly Field[], maxSteps: number): Reach {
  const own = within(
    fields.map(({ values }) => (1n << BigInt(values.length)) - 1n),
    boxes[at] ?? [],
  )
  if (own.includes(0n)) return { kind: 'unreachable', by: [] }
  const budget = { steps: maxSteps }
  const found = search(own, boxes.slice(0, at), budget)
  if (found === undefined) return { kind: 'undecided' }
  return found === 'covered'
    ? { kind: 'unreachable', by: cover(own, boxes.slice(0, at), budget) }
    : { kind: 'reached', witness: witnessOf(found, boxes.slice(0, at + 1), fields) }
}

interface Budget {
  /** Looks at one route that are left. */
  steps: number
}

/** A part of the region that none of the boxes touches; `covered` if there is none, undefined if the budget does not tell. */
function search(region: Region, boxes: readonly Box[], budget: Budget): Region | 'covered' | undefined {
  const open: Box[] = []
  let hardest: { readonly box: Box; readonly ways: Box } | undefined
  for (const box of boxes) {
    if (budget.steps-- <= 0) return undefined
    if (box.some(([field, values]) => (left(region, field) & values) === 0n)) continue
    const ways = box.filter(([field, values]) => (left(region, field) & ~values) !== 0n)
    if (ways.length === 0) return 'covered'
    open.push(box)
    if (hardest === undefined || ways.length < hardest.ways.length) hardest = { box, ways }
  }
  if (hardest === undefined) return region
  const { box, ways } = hardest
  const others = open.filter(each => each !== box)
  let rest = region
  for (const [field, values] of ways) {
    const found = search(changed(rest, field, left(rest, field) & ~values), others, budget)
    if (found !== 'covered') return found
    // What fails this condition is done with: the next way need not look at it again
    rest = changed(rest, field, left(rest, field) & values)
  }
  return 'covered'
}

/** Of boxes that cover the region, places of some that still do and of which none can be left out. */
function cover(region: Region, boxes: readonly Box[], budget: Budget): readonly number[] {
  const covers = (places: readonly number[]) =>
    search(
      region,
      places.flatMap(place => {
        const box = boxes[place]
        return box === undefined ? [] : [box]
      }),
      budget,
    ) === 'covered'
  const alone = boxes.findIndex(box => box.every(([field, values]) => (left(region, field) & ~values) === 0n))
  if (alone >= 0) return [alone]
  const all = [...boxes.keys()]
  // From the last one on, so that the earliest stay, which are the ones that take the requests
  return all.toReversed().reduce<readonly number[]>((kept, place) => {
    const fewer = kept.filter(other => other !== place)
    return covers(fewer) ? fewer : kept
  }, all)
}

/** The first value of each field that conditions up to this route ask for: one is as good as another. */
function witnessOf(region: Region, boxes: readonly Box[], fields: readonly Field[]): Witness {
  const asked = new Set(boxes.flatMap(box => box.map(([field]) => field)))
  return Object.fromEntries(
    fields.flatMap(({ name, values }, place) => {
      if (!asked.has(place)) return []
      const value = values.find((_, bit) => ((left(region, place) >> BigInt(bit)) & 1n) === 1n)
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

const left = (region: Region, field: number): bigint => region[field] ?? 0n
const changed = (region: Region, field: number, values: bigint): Region =>
  region.map((own, place) => (place === field ? values : own))
const within = (region: Region, box: Box): Region =>
  box.reduce<Region>((rest, [field, values]) => changed(rest, field, left(rest, field) & values), region)
