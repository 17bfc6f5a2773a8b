/** Requests as they came somewhere: when, how long, and which of them belong together. Columns in typed arrays; no prompt text. */

/** One request, before it is put into columns. */
export interface Row {
  readonly tMs: number
  readonly input: number
  readonly output: number
  /** Undefined: it belongs to no known conversation. */
  readonly session?: number | undefined
  /** Ids of its prefix-cache blocks; equal ids are equal beginnings. */
  readonly blocks?: readonly number[] | undefined
}

export interface Trace {
  readonly name: string
  readonly length: number
  readonly tMs: Float64Array
  readonly input: Int32Array
  readonly output: Int32Array
  /** -1: none. */
  readonly session: Int32Array
  /** 1 for a conversation's first. */
  readonly turn: Int32Array
  readonly blocks: readonly Int32Array[]
  /** Share of the prompt tokens that one endless cache would hold. */
  readonly repeated: number
}

export const BLOCK_TOKENS = 512
const NO_BLOCKS = new Int32Array(0)

export function traceOf(name: string, rows: readonly Row[]): Trace {
  const sorted = rows.toSorted((a, b) => a.tMs - b.tMs)
  const turns = new Map<number, number>()
  const turn = sorted.map(({ session }) => {
    if (session === undefined) return 1
    const next = (turns.get(session) ?? 0) + 1
    turns.set(session, next)
    return next
  })
  const first = sorted[0]?.tMs ?? 0
  return {
    name,
    length: sorted.length,
    tMs: Float64Array.from(sorted, row => row.tMs - first),
    input: Int32Array.from(sorted, row => Math.max(1, row.input)),
    output: Int32Array.from(sorted, row => Math.max(1, row.output)),
    session: Int32Array.from(sorted, row => row.session ?? -1),
    turn: Int32Array.from(turn),
    blocks: sorted.map(row => (row.blocks === undefined ? NO_BLOCKS : Int32Array.from(row.blocks))),
    repeated: repeatedShare(sorted),
  }
}

/**
 * `count` requests in a row, from a place that `random` chooses, with time scaled so that they come at `perSecond` on average; or more slowly, if otherwise
 * more than `mostPerSecond` came in the busiest part. In a trace that is far from even, that would be an overload, in which all routers are alike.
 */
export function excerpt(trace: Trace, count: number, perSecond: number, mostPerSecond: number, random: () => number): Trace {
  const length = Math.min(count, trace.length)
  const from = Math.floor(random() * (trace.length - length + 1))
  const until = from + length
  const startMs = trace.tMs[from] ?? 0
  const spanMs = Math.max(1, (trace.tMs[until - 1] ?? 0) - startMs)
  const tMs = trace.tMs.slice(from, until).map(ms => ms - startMs)
  const input = trace.input.slice(from, until)
  const output = trace.output.slice(from, until)
  const blocks = trace.blocks.slice(from, until)
  const peak = Math.max(peakOf(tMs, spanMs, input), peakOf(tMs, spanMs, output))
  const scale = ((length - 1) * 1000) / Math.min(perSecond, mostPerSecond / peak) / spanMs
  return {
    name: trace.name,
    length,
    tMs: tMs.map(ms => ms * scale),
    input,
    output,
    session: trace.session.slice(from, until),
    turn: trace.turn.slice(from, until),
    blocks,
    repeated: repeatedShare(Array.from(input, (tokens, at) => ({ input: tokens, blocks: blocks[at] }))),
  }
}

const PARTS = 20

/** How much more work comes in the busiest part of the time than on average. */
function peakOf(tMs: Float64Array, spanMs: number, work: Int32Array): number {
  const parts = new Float64Array(PARTS)
  let all = 0
  for (const [id, amount] of work.entries()) {
    const part = Math.min(PARTS - 1, Math.floor((PARTS * (tMs[id] ?? 0)) / spanMs))
    parts[part] = (parts[part] ?? 0) + amount
    all += amount
  }
  return (Math.max(...parts) * PARTS) / Math.max(1, all)
}

/** Equal time stamps are spread evenly up to the next: a coarse clock must not look like bursts. */
export function spread(rows: readonly Row[]): readonly Row[] {
  const out: Row[] = []
  for (let from = 0; from < rows.length; ) {
    const stamp = rows[from]?.tMs ?? 0
    let until = from
    while (until < rows.length && rows[until]?.tMs === stamp) until += 1
    const gapMs = (rows[until]?.tMs ?? stamp) - stamp
    for (const [place, row] of rows.slice(from, until).entries())
      out.push({ ...row, tMs: stamp + (gapMs * place) / (until - from) })
    from = until
  }
  return out
}

/** A request goes on with a conversation when that one's last whole block is the deepest of its own blocks that is known at all. */
export function withSessions(rows: readonly Row[]): readonly Row[] {
  const known = new Set<number>()
  const lastBlocks = new Map<number, number>()
  let sessions = 0
  return rows.map(row => {
    const blocks = row.blocks ?? []
    const deepest = blocks.findLast(block => known.has(block))
    const session = (deepest === undefined ? undefined : lastBlocks.get(deepest)) ?? sessions++
    for (const block of blocks) known.add(block)
    // The very first block is everyone's; the last one is seldom whole, and a longer prompt gives it another id
    const whole = Math.floor(row.input / BLOCK_TOKENS)
    const last = whole > 1 ? blocks[whole - 1] : undefined
    if (last !== undefined) lastBlocks.set(last, session)
    return { ...row, session }
  })
}

interface Prompt {
  readonly input: number
  readonly blocks?: ArrayLike<number> | undefined
}

function repeatedShare(rows: readonly Prompt[]): number {
  const known = new Set<number>()
  let repeated = 0
  let all = 0
  for (const { blocks = NO_BLOCKS, input } of rows) {
    let depth = 0
    while (depth < blocks.length && known.has(blocks[depth] ?? -1)) depth += 1
    repeated += Math.min(input, depth * BLOCK_TOKENS)
    all += input
    for (let at = 0; at < blocks.length; at++) known.add(blocks[at] ?? -1)
  }
  return all === 0 ? 0 : repeated / all
}
