/**
 * A budget that is never passed: before anything is asked, what it may cost at the most is held, and what it did cost is booked after it. Money that is held
 * cannot be spent by another.
 */
export interface Ledger {
  readonly spentUsd: number
  readonly limitUsd: number
  /** Waits while others hold what may become free again. False when even then there would be too little. */
  hold(usd: number): Promise<boolean>
  /** Ends a hold with what was really spent. */
  settle(heldUsd: number, spentUsd: number): void
}

/** Sums of such small amounts round; a millionth of a cent is nobody's loss. */
const ROUNDING_USD = 1e-8

export function createLedger(limitUsd: number, alreadySpentUsd: number): Ledger {
  let spent = alreadySpentUsd
  let held = 0
  let holders = 0
  let freed = Promise.withResolvers<void>()
  return {
    limitUsd,
    get spentUsd() {
      return spent
    },
    async hold(usd) {
      while (spent + held + usd > limitUsd + ROUNDING_USD) {
        if (holders === 0) return false
        await freed.promise
      }
      held += usd
      holders += 1
      return true
    },
    settle(heldUsd, spentUsd) {
      holders -= 1
      held = holders === 0 ? 0 : held - heldUsd
      spent += spentUsd
      freed.resolve()
      freed = Promise.withResolvers()
    },
  }
}
