/** What a run needs of the world around it, so that a test can hand in another one. */
export interface World {
  readonly fetch: typeof fetch
  /** A clock that only goes forward, ms. */
  readonly nowMs: () => number
  /** The date, for people. */
  readonly date: () => Date
  /** Uniform in [0, 1). Only for waiting: what is asked and how it is graded hangs on the seed. */
  readonly random: () => number
  /** Rejects when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Fires when the run is to stop. */
  readonly signal: AbortSignal
  /** A line that stays. */
  readonly print: (line: string) => void
  /** Replaces the last status on a terminal; undefined where there is none. */
  readonly status: ((line: string) => void) | undefined
}
