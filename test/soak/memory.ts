/** Whether a process's resident memory stays where it is, from Linux's /proc. */
import { readFileSync } from 'node:fs'

export interface Sample {
  readonly atMs: number
  readonly bytes: number
}

/** 0 where the process has ended. */
export function rssBytes(pid: number): number {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kibibytes ?? 0) * 1024
  } catch {
    return 0
  }
}

/** V8 grows its heap until its first full collections; what counts is what happens afterwards. */
const WARM_UP_SHARE = 1 / 3
/**
 * The lowest of a third is taken just after a collection, so that what garbage happens to lie about does not count. A leak of a kilobyte a request
 * would show as 60 KB a second, a tenth of a small heap within two minutes; below that, run longer.
 */
const GROWTH = 1.15

export function judge(samples: readonly Sample[]): { readonly isFlat: boolean; readonly line: string } {
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE))
  const half = Math.floor(warm.length / 2)
  if (half < 5) return { isFlat: true, line: 'memory: not judged, since too short a run or no /proc' }
  const lowest = (some: readonly Sample[]): number => Math.min(...some.map(({ bytes }) => bytes))
  const early = lowest(warm.slice(0, half))
  const late = lowest(warm.slice(half))
  const percent = (late / early - 1) * 100
  return {
    isFlat: late <= early * GROWTH,
    line: `memory: lowest after warm-up ${mebibytes(early)}, later ${mebibytes(late)} MiB (${percent >= 0 ? '+' : ''}${percent.toFixed(1)} %)`,
  }
}

const mebibytes = (bytes: number): string => (bytes / 1024 ** 2).toFixed(0)
