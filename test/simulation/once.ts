/** Whoever waits for one of several things goes on with the first, and once. */
export class Once {
  readonly #goOn: () => void
  isOver = false

  constructor(goOn: () => void) {
    this.#goOn = goOn
  }

  go(): void {
    if (this.isOver) return
    this.isOver = true
    this.#goOn()
  }
}
