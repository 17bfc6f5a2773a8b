/** How far a run is: a bar that renews itself on a terminal, a line at every tenth elsewhere. */
import type { World } from './world'

export interface Standing {
  readonly done: number
  readonly total: number
  readonly spentUsd: number
  readonly limitUsd: number
  readonly failed: number
}

const WIDTH = 24

export function barOf({ done, total, spentUsd, limitUsd, failed }: Standing): string {
  const share = total === 0 ? 1 : done / total
  const full = Math.floor(share * WIDTH)
  const bar = `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)}`
  const errors = failed === 0 ? '' : `, ${failed} without an answer`
  return `${bar} ${done} of ${total} answers, ${usd(spentUsd)} of ${usd(limitUsd)}${errors}`
}

/** Fractions of a cent are worth a digit, larger sums are not. */
export const usd = (amount: number): string => `$${amount.toFixed(amount < 0.1 ? 4 : 2)}`

export function createProgress(world: Pick<World, 'print' | 'status'>): (standing: Standing) => void {
  let tenth = 0
  return standing => {
    if (world.status !== undefined) return world.status(barOf(standing))
    const reached = standing.total === 0 ? 0 : Math.floor((standing.done / standing.total) * 10)
    if (reached <= tenth) return
    tenth = reached
    world.print(barOf(standing))
  }
}
