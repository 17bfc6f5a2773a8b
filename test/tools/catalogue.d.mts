/** The text of `src/profile/catalogue.json` as it should be. */
export function catalogueText(): string
