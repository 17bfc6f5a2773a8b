/**
 * Made-up traces with the statistics of real ones, so that the simulation runs without any data: chats with system prompts that many share, and
 * bursts of short prompts with long answers.
 */
import type { Random } from '../../src/algorithm/sampling'
import { BLOCK_TOKENS, type Row, type Trace, traceOf } from './trace'

export const exponential = (mean: number, random: Random): number => -mean * Math.log(1 - random())

/** By Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** `median` and the deviation of the logarithm. */
const logNormal = (median: number, sigma: number, random: Random): number => median * Math.exp(sigma * normal(random))

const TENANTS = 40
const THINK_MS = 30_000
/** A conversation goes on after a turn in so many cases. */
const GOES_ON = 0.75

/** About 3,800 prompt and 220 answer tokens a request, three quarters of the former seen before. */
export function syntheticChat(sessions: number, random: Random): Trace {
  let nextBlock = 0
  const block = () => nextBlock++
  const systems = Array.from({ length: TENANTS }, () => Array.from({ length: 1 + Math.floor(logNormal(3, 0.6, random)) }, block))
  const rows: Row[] = []
  let startMs = 0
  for (let session = 0; session < sessions; session++) {
    startMs += exponential(1_000, random)
    // Zipf's law with exponent 1: the logarithm of the rank is uniform
    const tenant = Math.floor(TENANTS ** random()) - 1
    const blocks = [...(systems[tenant] ?? [])]
    let tMs = startMs
    let input = blocks.length * BLOCK_TOKENS
    do {
      input += 20 + Math.round(logNormal(120, 1, random))
      const output = 1 + Math.round(logNormal(150, 0.9, random))
      while (blocks.length < Math.floor(input / BLOCK_TOKENS)) blocks.push(block())
      rows.push({ tMs, input, output, session, blocks: [...blocks, block()] })
      input += output
      tMs += exponential(THINK_MS, random)
    } while (random() < GOES_ON)
  }
  return traceOf('chat', rows)
}

/** About 140 prompt and 1,500 answer tokens a request. */
export function syntheticReason(requests: number, random: Random): Trace {
  const rows: Row[] = []
  for (let tMs = 0; rows.length < requests; tMs += exponential(2_000, random)) {
    const burst = 1 + Math.floor(exponential(5, random))
    for (let place = 0; place < burst; place++) {
      rows.push({
        tMs: tMs + exponential(1_000, random),
        input: 10 + Math.round(logNormal(80, 1, random)),
        output: 50 + Math.round(logNormal(900, 1, random)),
      })
    }
  }
  return traceOf('reason', rows.slice(0, requests))
}

/** Long prompts and short answers in Poisson arrivals, as editors ask for completions: 2,000 and 30 tokens. */
export function syntheticCode(requests: number, random: Random): Trace {
  let tMs = 0
  const rows = Array.from({ length: requests }, (): Row => {
    tMs += exponential(200, random)
    return { tMs, input: 100 + Math.round(logNormal(1_400, 0.8, random)), output: 5 + Math.round(logNormal(15, 1, random)) }
  })
  return traceOf('code', rows)
}
