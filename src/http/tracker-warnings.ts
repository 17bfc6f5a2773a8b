/** What an operator should know of a load tracker that has more to do than it can. */

interface Busy {
  /** It is asked for as little as may be, and that is still more than it takes. */
  readonly isOverrun: boolean
  /** Of the requests that it is to choose for, those that may ask it, 0..1. */
  readonly askShare: number
}

/** While no fewer ask, nobody need do anything. */
const MOST = 0.9

export function trackerWarnings({ isOverrun, askShare }: Busy): readonly string[] {
  return [
    ...(isOverrun
      ? [`More isolates report than the load tracker can keep informed, so that their views are old. ${MORE_SHARDS}.`]
      : []),
    ...(askShare < MOST
      ? [
          `Of the requests on routes with decide 'central' the load tracker can answer ${Math.round(100 * askShare)} %; the others are decided as 'fresh'. ${MORE_SHARDS}, or decide to 'local'.`,
        ]
      : []),
  ]
}

const MORE_SHARDS = 'Set tracker.shards to a multiple of what it is'
