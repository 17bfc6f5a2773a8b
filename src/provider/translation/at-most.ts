/**
 * A caller's limit on the answer, cut down to what the model can write. It is not refused, since the model would stop there anyway and say so by
 * its finish reason; upstreams do refuse it, and a caller who fits the figure to one model should not lose the others.
 */
export function atMost(most: number | undefined, wanted: number | undefined): number | undefined {
  return most === undefined || wanted === undefined ? wanted : Math.min(most, wanted)
}
