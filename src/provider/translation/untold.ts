/** What of a caller's request the canonical one has no word for, collected while it is read. */
export class Untold {
  readonly #lost = new Set<string>()
  #binding: string | undefined

  /** A hint that other dialects answer without. */
  lose(field: string): void {
    this.#lost.add(field)
  }

  /** Something that only the caller's own dialect can honour. The first one is what the caller is told. */
  bind(field: string): void {
    this.#binding ??= field
  }

  get lost(): readonly string[] {
    return [...this.#lost]
  }

  get binding(): string | undefined {
    return this.#binding
  }
}
