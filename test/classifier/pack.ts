/** What was learned made small: which n-grams get the slots of a table, and their weights as whole numbers of a byte. */
import type { Logistic, Sharpness } from '../../src/context/classifier'
import { BIAS, slotOf, type TableWeights, tagOf } from '../../src/context/table'
import { CUES_BY_HASH, Vocabulary } from './vocabulary'

/** Four digits: what may differ in the last bits between machines is gone. */
const rounded = (value: number): number => Number(value.toPrecision(4))
export const coarse = ({ slope, offset }: Logistic): Logistic => ({ slope: rounded(slope), offset: rounded(offset) })
export const coarseSharpness = ({ factor, power }: Sharpness): Sharpness => ({ factor: rounded(factor), power: rounded(power) })

/** Row by row. */
export const matrix = (values: Float32Array, columns: number): readonly (readonly number[])[] =>
  Array.from({ length: values.length / columns }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns), rounded),
  )

/** What one fit says of which n-grams matter. */
export interface Learned {
  readonly table: Float32Array
  readonly columns: number
  /** How often each n-gram stands in the fit's examples, by their weight. */
  readonly importance: ReadonlyMap<number, number>
}

/** Of all n-grams that hash into one slot the one that moves scores most over all examples, each fit counting alike; phrases before all others. */
export function chosenFrom(all: Vocabulary, fits: readonly Learned[], slots: number): Vocabulary {
  const worth: number[] = all.hashes.map(hash => (CUES_BY_HASH.has(hash) ? 1e6 : 0))
  for (const { table, columns, importance } of fits) {
    const moved = Float64Array.from(all.hashes, (hash, number) => {
      let squares = 0
      for (let column = 0; column < columns; column++) squares += (table[number * columns + column] ?? 0) ** 2
      return Math.sqrt(squares * (importance.get(hash) ?? 0))
    })
    const mean = moved.reduce((sum, each) => sum + each, 0) / moved.length || 1
    moved.forEach((each, number) => {
      worth[number] = (worth[number] ?? 0) + each / mean
    })
  }
  const holder = new Map<number, number>()
  all.hashes.forEach((hash, number) => {
    const slot = slotOf(hash, slots)
    const other = holder.get(slot)
    if (other === undefined || (worth[number] ?? 0) > (worth[other] ?? 0)) holder.set(slot, number)
  })
  return new Vocabulary([...holder.values()].sort((one, other) => one - other).map(number => all.hashes[number] ?? 0))
}

/** Steps fit all but the largest of a thousand weights, which are cut off. */
const FITTED = 0.999
const MOST = 127

/** The fits' columns side by side. */
export function packedTable(vocabulary: Vocabulary, fits: readonly Omit<Learned, 'importance'>[], slots: number): TableWeights {
  const rows = vocabulary.hashes.map((_, number) =>
    fits.flatMap(({ table, columns }) => [...vocabulary.rowOf(table, columns, number)]),
  )
  const columns = fits.reduce((sum, fit) => sum + fit.columns, 0)
  const steps = Array.from({ length: columns }, (_, column) => {
    const sizes = Float64Array.from(rows, row => Math.abs(row[column] ?? 0)).sort()
    return rounded((sizes[Math.floor(sizes.length * FITTED)] ?? 1) / MOST)
  })
  const bytes = new Uint8Array(slots * (columns + 1)).fill(BIAS, 0, slots * columns)
  vocabulary.hashes.forEach((hash, number) => {
    const slot = slotOf(hash, slots)
    bytes[slots * columns + slot] = tagOf(hash)
    steps.forEach((step, column) => {
      bytes[slot * columns + column] = BIAS + Math.max(-MOST, Math.min(MOST, Math.round((rows[number]?.[column] ?? 0) / step)))
    })
  })
  return { slots, steps, data: Buffer.from(bytes).toString('base64') }
}
