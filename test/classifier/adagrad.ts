/** Steps that shrink for weights that have moved much already (Duchi, Hazan and Singer 2011): rare n-grams learn as fast as common ones. */
export class Adagrad {
  readonly weights: Float32Array
  readonly #moved: Float32Array
  /** Keeps the first steps from being the largest. */
  readonly #slow: number

  constructor(weights: Float32Array, slow: number) {
    this.weights = weights
    this.#moved = new Float32Array(weights.length)
    this.#slow = slow
  }

  step(index: number, gradient: number, rate: number): void {
    const moved = (this.#moved[index] ?? 0) + gradient * gradient
    this.#moved[index] = moved
    this.weights[index] = (this.weights[index] ?? 0) - (rate * gradient) / Math.sqrt(moved + this.#slow)
  }
}

/** Uniform in (-spread, spread). */
export const scattered = (size: number, spread: number, random: () => number): Float32Array =>
  Float32Array.from({ length: size }, () => (2 * random() - 1) * spread)
