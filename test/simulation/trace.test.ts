import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, describe, expect, it } from 'vitest'
import { createRandom } from '../../src/algorithm/random'
import { excerpt, type Row, spread, traceOf, withSessions } from './trace'
import { readTraces } from './trace-files'
import { tracesOf } from './traces'

const row = (tMs: number, blocks: readonly number[] = [], input = 512 * blocks.length + 1): Row => ({
  tMs,
  input,
  output: 1,
  blocks,
})

describe('a trace', () => {
  it('with a coarse clock is spread evenly up to the next stamp', () => {
    expect(spread([row(0), row(0), row(0), row(3_000), row(3_000), row(6_000)]).map(({ tMs }) => tMs)).toEqual([
      0, 1_000, 2_000, 3_000, 4_500, 6_000,
    ])
  })

  it('tells conversations by the last whole block of the turn before', () => {
    const first = row(0, [0, 1, 2])
    const other = row(1, [0, 5, 6])
    const next = row(2, [0, 1, 2, 3, 4])
    const afterThat = row(3, [0, 1, 2, 3, 4, 7])
    expect(withSessions([first, other, next, afterThat]).map(({ session }) => session)).toEqual([0, 1, 0, 0])
  })

  it('counts turns, and how much of the prompts was there before', () => {
    const trace = traceOf('t', withSessions([row(0, [1, 2], 1_024), row(5, [1, 2, 3, 4], 2_048)]))
    expect([...trace.turn]).toEqual([1, 2])
    expect(trace.repeated).toBeCloseTo(1_024 / 3_072, 9)
  })

  it('comes at the rate that is asked for, or so that its busiest part is not too much', () => {
    const even = traceOf(
      'even',
      Array.from({ length: 1_001 }, (_, i) => row(i * 50)),
    )
    const spanMs = (trace: typeof even) => trace.tMs[trace.length - 1] ?? 0
    expect(spanMs(excerpt(even, 1_001, 20, 1_000, createRandom(1)))).toBeCloseTo(50_000, 6)
    // Half of it within a twentieth of the time: ten times the mean
    const uneven = traceOf('uneven', [
      ...Array.from({ length: 500 }, (_, i) => row((i * 5_000) / 500)),
      ...Array.from({ length: 501 }, (_, i) => row(5_000 + i * 190)),
    ])
    const scaled = excerpt(uneven, 1_001, 20, 20, createRandom(1))
    // 10 a second of which half come ten times as fast: at 2 a second on average the busiest part has its 20
    expect(spanMs(scaled) / spanMs(uneven)).toBeCloseTo(5, 1)
  })
})

describe('trace files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'traces-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it('are read by their columns, in either form', () => {
    const csv = 't_ms,output_tokens,input_tokens\n0,7,100\n40,8,200\n'
    const jsonl = '{"t":5,"i":600,"o":3,"s":9,"h":[1,2]}\n{"t":9,"i":700,"o":4,"s":9,"h":[1,3]}\n'
    writeFileSync(join(folder, 'a.csv.gz'), gzipSync(csv))
    writeFileSync(join(folder, 'b.jsonl.gz'), gzipSync(jsonl))
    const [a, b] = readTraces(folder)
    expect([a?.name, [...(a?.input ?? [])], [...(a?.output ?? [])], [...(a?.tMs ?? [])]]).toEqual([
      'a',
      [100, 200],
      [7, 8],
      [0, 40],
    ])
    expect([b?.name, [...(b?.session ?? [])], [...(b?.turn ?? [])], [...(b?.tMs ?? [])]]).toEqual(['b', [9, 9], [1, 2], [0, 4]])
  })
})

describe('the made-up traces', () => {
  const [chat, reason, code] = tracesOf(undefined)

  // Lengths are log-normal, whose means over 10,000 draws and more are good for some percent
  it.each([
    ['chat', chat, 3_800, 220, 0.75],
    ['reason', reason, 140, 1_500, 0],
    ['code', code, 2_000, 30, 0],
  ])('of %s have the sizes of real ones', (_, trace, input, output, repeated) => {
    const mean = (values: Int32Array = new Int32Array(1)) => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(trace?.input) / input).toBeGreaterThan(0.75)
    expect(mean(trace?.input) / input).toBeLessThan(1.33)
    expect(mean(trace?.output) / output).toBeGreaterThan(0.75)
    expect(mean(trace?.output) / output).toBeLessThan(1.33)
    expect(Math.abs((trace?.repeated ?? 1) - repeated)).toBeLessThan(0.15)
  })
})
