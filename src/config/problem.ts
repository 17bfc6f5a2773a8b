/** What is wrong with a configuration, for people. */
export interface ConfigProblem {
  /** Path of the field, e.g. `models.gpt.weight`. */
  readonly field: string
  readonly expected: string
  readonly found: string
}
