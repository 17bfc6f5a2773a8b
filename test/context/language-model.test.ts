import { expect, describe as suite, test } from 'vitest'
import { BUCKETS, gramsOf, mostGrams } from '../../src/context/language-grams'
import { addWords, decode, type LanguageWeights, NO_LANGUAGE, reset, tallyFor } from '../../src/context/language-model'

const unitsOf = (text: string): Uint16Array => Uint16Array.from(text, letter => letter.charCodeAt(0))

function bucketOf(run: string): number {
  const room = new Uint16Array(mostGrams(run.length))
  gramsOf(unitsOf(` ${run} `), 1, run.length + 1, room, 0)
  // the first run is the border and the first letter
  return room[0] ?? 0
}

/** Weights by bucket: pairs of a language's place and its weight. */
function weightsOf(entries: ReadonlyMap<number, readonly (readonly [number, number])[]>): LanguageWeights {
  const counts = new Uint8Array(BUCKETS)
  const languages: number[] = []
  const values: number[] = []
  for (const [bucket, list] of [...entries].sort(([a], [b]) => a - b)) {
    counts[bucket] = list.length
    for (const [language, value] of list) {
      languages.push(language)
      values.push(value & 0xff)
    }
  }
  return {
    version: 1,
    input: '',
    seed: 0,
    sources: [],
    languages: { latin: [NO_LANGUAGE, 'de', 'en'], cyrillic: ['ru'], arabic: [], devanagari: [], han: [] },
    calibration: { factor: 1, offset: 1, power: 0 },
    data: Buffer.from(Uint8Array.from([...counts, ...languages, ...values])).toString('base64'),
  }
}

suite('the model', () => {
  const model = decode(
    weightsOf(
      new Map([
        [
          bucketOf('a'),
          [
            [1, 100],
            [2, -128],
          ] as const,
        ],
        [bucketOf('b'), [[2, 7]] as const],
      ]),
    ),
  )
  const tally = tallyFor(model)
  const sumsOf = (text: string): readonly number[] => {
    reset(tally)
    const units = unitsOf(text)
    addWords(model, tally, units, 0, units.length)
    return [...tally.sums]
  }

  test('knows its languages by script, and which of them is none', () => {
    expect(model.codes).toEqual([NO_LANGUAGE, 'de', 'en', 'ru'])
    expect(model.ranges.slice(0, 3)).toEqual([
      [0, 3],
      [3, 4],
      [4, 4],
    ])
    expect(model.none).toBe(0)
  })

  test('adds up what the runs of each word weigh', () => {
    expect(sumsOf(' ac bc ')).toEqual([0, 100, -121, 0])
    expect(sumsOf(' ac ac ')).toEqual([0, 200, -256, 0])
    expect(sumsOf(' ')).toEqual([0, 0, 0, 0])
  })

  test('counts letters by script, and runs only where languages share one', () => {
    sumsOf(' ab жд ελ ')
    expect([...tally.letters].filter(count => count > 0)).toEqual([2, 2, 2])
    // three from the border, two and one from the letters; the Cyrillic letters are runs by themselves as well
    expect([...tally.grams].slice(0, 2)).toEqual([6, 8])
  })

  test('refuses a file in which counts and weights do not match', () => {
    const { data, ...rest } = weightsOf(new Map([[1, [[0, 1]] as const]]))
    expect(() => decode({ ...rest, data: Buffer.from(data, 'base64').subarray(0, -2).toString('base64') })).toThrow(
      /do not match/,
    )
  })
})
