/**
 * A sampled tap on a stream that passes natively. Reading every chunk in JavaScript would cost more than all the rest of a request, so
 * the tap looks at its branch a few times a second: enough to see a stall, to count, and to keep the tail, where the end marker and the usage are.
 */
import type { IdleWatch } from './stopper'
import type { World } from './world'

export interface TapReport {
  readonly bytes: number
  /** The last `TAIL_BYTES` at least, if there were so many, and the last event as a whole up to `MAX_TAIL_BYTES`. */
  readonly tail: Uint8Array
}

export interface Tap {
  /** Resolves when the branch has ended, also when it broke. Call `drain` first. */
  readonly report: Promise<TapReport>
  /** The stream is over: read what is left at full speed. */
  drain(): void
}

const TAP_MS = 500
/** Room for a usage event with all its details, and the end marker. */
const TAIL_BYTES = 4 * 1024
/** Some streams end with the whole answer once more, tools and instructions included. No event of a chat is longer. */
const MAX_TAIL_BYTES = 1024 * 1024
const READ_BYTES = 64 * 1024

export interface TapOptions {
  readonly idle: IdleWatch
  /** Called with the tail when bytes have come. */
  readonly onTail: (report: TapReport) => void
  readonly world: World
  /** Bounds how late anything may be noticed, ms. */
  readonly everyMs?: number
}

export function createTap(branch: ReadableStream<Uint8Array>, { idle, onTail, world, everyMs = TAP_MS }: TapOptions): Tap {
  let draining = false
  let wake = () => {}
  const pause = (): Promise<void> =>
    new Promise(resolve => {
      const cancel = world.after(everyMs, resolve)
      wake = () => {
        cancel()
        resolve()
      }
    })

  const read = async (): Promise<TapReport> => {
    const reader = branch.getReader({ mode: 'byob' })
    let buffer: ArrayBufferLike = new ArrayBuffer(READ_BYTES)
    let bytes = 0
    let tail: Uint8Array = new Uint8Array(0)
    let behind = false
    try {
      for (;;) {
        if (!draining && !behind) await pause()
        idle.waits()
        const { value, done }: ReadableStreamReadResult<Uint8Array> = await reader.read(new Uint8Array(buffer))
        idle.comes()
        if (done) break
        tail = tailOf(tail, value, bytes === tail.byteLength)
        bytes += value.byteLength
        behind = value.byteLength === READ_BYTES
        buffer = value.buffer
        onTail({ bytes, tail })
      }
    } catch {
      // The stream broke; whoever pipes the other branch sees the same error and acts on it
    }
    return { bytes, tail }
  }
  return {
    report: read(),
    drain() {
      draining = true
      wake()
    },
  }
}

/** The new tail, after `more`. `isWhole`: until now it is all that came. */
export function tailOf(tail: Uint8Array, more: Uint8Array, isWhole: boolean): Uint8Array {
  const joined = new Uint8Array(tail.byteLength + more.byteLength)
  joined.set(tail)
  joined.set(more, tail.byteLength)
  const enough = joined.byteLength - TAIL_BYTES
  if (enough <= 0) return joined
  // Without a blank line it began before all of this, and is of no use any more, unless there is nothing before
  const from = lastEventFrom(joined) ?? (isWhole ? 0 : enough)
  return joined.slice(joined.byteLength - from > MAX_TAIL_BYTES ? enough : Math.min(from, enough))
}

const LF = 10
const CR = 13
/** CRLF CRLF */
const BLANK_LINE_BYTES = 4

/** Where the blank line before the last event begins, whether the event has ended or not. Undefined: there is none. */
function lastEventFrom(bytes: Uint8Array): number | undefined {
  const isBreak = (at: number) => bytes[at] === LF || bytes[at] === CR
  let end = bytes.byteLength - 1
  while (end >= 0 && isBreak(end)) end--
  if (end < 0) return undefined
  let lf = bytes.lastIndexOf(LF, end)
  let cr = bytes.lastIndexOf(CR, end)
  for (let at = Math.max(lf, cr); at > 0; at = Math.max(lf, cr)) {
    const isCrlf = bytes[at] === LF && bytes[at - 1] === CR
    if (isBreak(at - 1) && (!isCrlf || isBreak(at - 2))) return Math.max(0, at + 1 - BLANK_LINE_BYTES)
    if (at === lf) lf = bytes.lastIndexOf(LF, at - 1)
    else cr = bytes.lastIndexOf(CR, at - 1)
  }
  return undefined
}
