/**
 * How good guesses are. For two models of which one is better and dearer: quality(c) is the mean score when the share c of requests with the
 * highest guesses goes to the strong one, and the performance gap recovered is how far that lies between the weak and the strong model's
 * (Ong et al., RouteLLM, arXiv 2406.18665).
 */

export interface Routed {
  /** Strong model's score minus the weak one's. */
  readonly gain: number
  readonly guess: number
}

export interface RoutingQuality {
  /** Area under the gap recovered by the share, by the trapezium rule over eleven points. Chance is 0.5. */
  readonly area: number
  /** Share of requests that recovers half and four fifths of the gap; chance is 0.5 and 0.8. */
  readonly half: number
  readonly fourFifths: number
}

/** Undefined where the strong model is not better. Equal guesses count as sent in random order: the curve is straight between them. */
export function routingQuality(routed: readonly Routed[]): RoutingQuality | undefined {
  const total = routed.reduce((sum, { gain }) => sum + gain, 0)
  if (total <= 0) return undefined
  const shares = [0]
  const recovered = [0]
  let gained = 0
  const ordered = [...routed].sort((one, other) => other.guess - one.guess)
  ordered.forEach(({ gain, guess }, index) => {
    gained += gain
    if (ordered[index + 1]?.guess === guess) return
    shares.push((index + 1) / ordered.length)
    recovered.push(gained / total)
  })
  const at = (share: number): number => {
    const after = shares.findIndex(each => each >= share - 1e-12)
    return between(shares, recovered, Math.max(1, after), share)
  }
  let area = 0
  for (let tenth = 0; tenth < 10; tenth++) area += (at(tenth / 10) + at((tenth + 1) / 10)) / 20
  const least = (part: number): number => {
    const after = recovered.findIndex(each => each >= part)
    return between(recovered, shares, Math.max(1, after), part)
  }
  return { area, half: least(0.5), fourFifths: least(0.8) }
}

/** On the line through the points `after - 1` and `after`. */
function between(from: readonly number[], to: readonly number[], after: number, value: number): number {
  const x0 = from[after - 1] ?? 0
  const x1 = from[after] ?? 1
  const y0 = to[after - 1] ?? 0
  const y1 = to[after] ?? 1
  return x1 === x0 ? y1 : y0 + ((y1 - y0) * (value - x0)) / (x1 - x0)
}

/** Rank correlation; equal values share the mean of their ranks. */
export function spearman(one: readonly number[], other: readonly number[]): number {
  return correlation(ranksOf(one), ranksOf(other))
}

function ranksOf(values: readonly number[]): readonly number[] {
  const order = values.map((_, index) => index).sort((one, other) => (values[one] ?? 0) - (values[other] ?? 0))
  const ranks = values.map(() => 0)
  for (let first = 0; first < order.length; ) {
    let next = first
    while (next < order.length && values[order[next] ?? 0] === values[order[first] ?? 0]) next++
    for (const index of order.slice(first, next)) ranks[index] = (first + next - 1) / 2
    first = next
  }
  return ranks
}

function correlation(one: readonly number[], other: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
  const [centreOne, centreOther] = [mean(one), mean(other)]
  let both = 0
  let squaresOne = 0
  let squaresOther = 0
  one.forEach((value, index) => {
    const [a, b] = [value - centreOne, (other[index] ?? 0) - centreOther]
    both += a * b
    squaresOne += a * a
    squaresOther += b * b
  })
  return squaresOne === 0 || squaresOther === 0 ? 0 : both / Math.sqrt(squaresOne * squaresOther)
}

export interface Stated {
  readonly confidence: number
  /** How far it came true, 0 to 1. */
  readonly came: number
}

const BINS = 10

/** Expected calibration error over ten equal bins (Naeini, Cooper and Hauskrecht, AAAI 2015). */
export function calibrationError(stated: readonly Stated[]): number {
  const off = Array.from({ length: BINS }, () => 0)
  for (const { confidence, came } of stated) {
    const bin = Math.min(BINS - 1, Math.floor(confidence * BINS))
    off[bin] = (off[bin] ?? 0) + confidence - came
  }
  return off.reduce((sum, each) => sum + Math.abs(each), 0) / Math.max(1, stated.length)
}
