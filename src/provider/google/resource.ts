/** A model's name as Google's API wants it. */

/** `gemini-3-flash` is short for `models/gemini-3-flash`; a tuned model's name says its collection itself. */
export const resource = (name: string): string => (name.includes('/') ? name : `models/${name}`)

/** The same in an address. */
export const pathOf = (name: string): string => resource(name).split('/').map(encodeURIComponent).join('/')
