import { expect, describe as suite, test } from 'vitest'
import { Ngrams } from '../../src/context/ngrams'
import { BIAS, slotOf, Table, tagOf, weighed } from '../../src/context/table'

const SLOTS = 1_024
const COLUMNS = 12

function read(...texts: readonly string[]): Ngrams {
  const ngrams = new Ngrams()
  for (const text of texts) ngrams.add(text)
  return ngrams
}

/** A table that knows the n-grams of `text` and gives each the row `row`, in steps of a half. */
function knowing(text: string, row: readonly number[], columns = COLUMNS): Table {
  const bytes = new Uint8Array(SLOTS * (columns + 1)).fill(BIAS, 0, SLOTS * columns)
  const { hashes, size } = read(text)
  for (const hash of hashes.subarray(0, size)) {
    const slot = slotOf(hash, SLOTS)
    bytes[SLOTS * columns + slot] = tagOf(hash)
    row.forEach((value, column) => {
      bytes[slot * columns + column] = BIAS + value
    })
  }
  return new Table({ slots: SLOTS, steps: row.map(() => 0.5), data: Buffer.from(bytes).toString('base64') })
}
const ROW = [1, -1, 2, -2, 127, -127, 0, 3, -3, 5, 7, -11]

test.each([16, 992, 42_000, 65_520])('%i slots are used alike', slots => {
  const steps = 1 << 20
  const counts = new Uint32Array(slots)
  for (let upper = 0; upper < steps; upper++) {
    const slot = slotOf(upper << 12, slots)
    counts[slot] = (counts[slot] ?? 0) + 1
  }
  expect(Math.min(...counts)).toBe(Math.floor(steps / slots))
  expect(Math.max(...counts)).toBe(Math.ceil(steps / slots))
})

suite('a table of n-grams', () => {
  test('adds up the rows of known ones, in their steps, damped by their number', () => {
    const table = knowing('cat', ROW)
    const ngrams = read('cat')
    table.sum(ngrams, ngrams.size)
    // two n-grams, the word and the opening: 2 × 0.5 / √(2 + 4)
    expect([...table.sums]).toEqual(ROW.map(value => expect.closeTo(value / Math.sqrt(6), 10)))
  })

  test('of eight columns as of twelve', () => {
    const row = ROW.slice(0, 8)
    const table = knowing('cat', row, 8)
    const ngrams = read('cat')
    table.sum(ngrams, ngrams.size)
    expect([...table.sums]).toEqual(row.map(value => expect.closeTo(value / Math.sqrt(6), 10)))
  })

  test('unknown ones count for nothing', () => {
    const table = knowing('cat', ROW)
    const ngrams = read('zzyzx qwv')
    table.sum(ngrams, ngrams.size)
    expect([...table.sums].every(sum => sum === 0)).toBe(true)
  })

  test('each counts once a text, however often it stands there', () => {
    const table = knowing('cat', ROW)
    const ngrams = read('cat. '.repeat(1_000))
    table.sum(ngrams, ngrams.size)
    expect(table.sums[0]).toBeCloseTo(1 / Math.sqrt(6), 10)
  })

  test('more than lanes hold at once are added up as exactly', () => {
    // 600 numbers as words, of which no two are alike
    const words = Array.from({ length: 600 }, (_, index) =>
      [...String(index)].map(digit => 'abcdefghij'[Number(digit)]).join(''),
    ).join('. ')
    const table = knowing(words, [127, -128, 127, -128, 127, -128, 127, -128, 127, -128, 127, -128])
    const ngrams = read(words)
    table.sum(ngrams, ngrams.size)
    const all = new Set(ngrams.hashes.subarray(0, ngrams.size))
    // some share a slot, whose tag is the last one's
    const last = new Map([...all].map(hash => [slotOf(hash, SLOTS), hash]))
    const known = new Set(
      [...all].filter(hash => tagOf(last.get(slotOf(hash, SLOTS)) ?? 0) === tagOf(hash)).map(hash => slotOf(hash, SLOTS)),
    ).size
    expect(known).toBeGreaterThan(300)
    expect(table.sums[0]).toBeCloseTo((127 * known * 0.5) / Math.sqrt(known + 4), 6)
    expect(table.sums[11]).toBeCloseTo((-128 * known * 0.5) / Math.sqrt(known + 4), 6)
  })

  test('the background counts three tenths, and not again what was said in front', () => {
    const table = knowing('cat. dog', ROW)
    const ngrams = read('cat', 'cat. dog')
    table.sum(ngrams, 2)
    // cat twice in front (word, opening); behind it the sign and dog, itself and as the second word of the opening
    expect(table.sums[0]).toBeCloseTo((0.5 * (2 + 0.3 * 3)) / Math.sqrt(2 + 0.3 * 3 + 4), 10)
  })

  test('forgets a text when the next comes, for more texts than it has numbers for', () => {
    const table = knowing('cat', ROW)
    const ngrams = read('cat')
    for (let text = 0; text < 70_000; text++) table.sum(ngrams, ngrams.size)
    expect(table.sums[0]).toBeCloseTo(1 / Math.sqrt(6), 10)
  })
})

test('a weighted sum ends with its bias', () => {
  expect(weighed(Float64Array.of(9, 2, 3, 10), 1, Float64Array.of(5, 7))).toBe(2 * 5 + 3 * 7 + 10)
})
