/**
 * Token counts of the simulator. Four characters a token is the providers' own rule of thumb for English; nothing here needs more,
 * as long as a longer text never counts for less.
 */
const CHARACTERS_PER_TOKEN = 4

/** What one message costs besides its text: role and delimiters. */
export const MESSAGE_TOKENS = 4

/** A small image at low detail; large ones cost more at every provider. */
export const IMAGE_TOKENS = 85

export const tokensOf = (text: string): number => Math.ceil(text.length / CHARACTERS_PER_TOKEN)
