/** One attempt, at the server. */
export interface Job {
  readonly promptTokens: number
  readonly outputTokens: number
  readonly blocks: Int32Array
  /** A standard normal deviate: this job's luck. */
  readonly luck: number
  /** What of its prompt was cached: known once that is read. */
  cachedTokens?: number
  readonly onFirstToken: () => void
  /** The last token has come, or the connection broke. */
  readonly onEnd: (isWhole: boolean) => void
}

/** As the server holds it. */
export interface Held {
  readonly job: Job
  /** Work to read it, ms at normal speed, as estimated when it came. */
  readonly readMs: number
  isOver: boolean
  /** Where the virtual time of `writers.ts` has to be for it to end; undefined while it has not begun to write. */
  endsAt: number | undefined
  firstAtMs: number
}
