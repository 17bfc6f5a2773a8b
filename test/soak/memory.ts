/** Whether memory stays where it is: judged by what the Workers' JavaScript holds, printed with what the process holds. */
import { readFileSync } from 'node:fs'

/** Resident, from Linux's /proc; undefined where there is none or the process has ended. */
export function residentBytes(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
  } catch {
    return undefined
  }
}

/** A quarter of a small heap is what caches may still fill, up to their bounds; a kilobyte a request would be more within a minute. */
const GROWTH = 1.25
/** Below that it is noise. */
const SLACK_BYTES = 512 * 1024

export interface Heap {
  readonly worker: string
  /** After the warm-up, and when all is over. */
  readonly earlyBytes: number
  readonly lateBytes: number
}

export const isFlat = ({ earlyBytes, lateBytes }: Heap): boolean => lateBytes <= earlyBytes * GROWTH + SLACK_BYTES

export const describeHeap = ({ worker, earlyBytes, lateBytes }: Heap): string =>
  `${worker} holds ${mebibytes(earlyBytes)} MiB after the warm-up, ${mebibytes(lateBytes)} MiB at the end`

const mebibytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1)
