/**
 * A sampled tap on a stream that passes natively. Reading every chunk in JavaScript would cost more than all the rest of a request, so
 * the tap looks at its branch a few times a second: enough to see a stall, to count, and to keep the tail, where the end marker and the usage are.
 */
import type { IdleWatch } from './stopper'
import type { World } from './world'

export interface TapReport {
  readonly bytes: number
  /** The last `TAIL_BYTES` at least, if there were so many. */
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
        bytes += value.byteLength
        tail = lastBytes(tail, value)
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

function lastBytes(tail: Uint8Array, more: Uint8Array): Uint8Array {
  if (more.byteLength >= TAIL_BYTES) return more.slice(-TAIL_BYTES)
  const kept = tail.subarray(Math.max(0, tail.byteLength + more.byteLength - TAIL_BYTES))
  const joined = new Uint8Array(kept.byteLength + more.byteLength)
  joined.set(kept)
  joined.set(more, kept.byteLength)
  return joined
}
