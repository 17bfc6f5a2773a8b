declare module 'hashring' {
  interface Options {
    /** How many keys it remembers the server of. */
    readonly 'max cache size'?: number
  }

  export default class HashRing {
    constructor(
      servers: Readonly<Record<string, { readonly vnodes: number }>> | readonly string[],
      algorithm?: string,
      options?: Options,
    )
    /** Ascending by `value`. A key belongs to the first whose value is not below the key's. */
    readonly ring: readonly { readonly value: number; readonly server: string }[]
    get(key: string): string
    /** Each server once, clockwise from the key. */
    range(key: string): readonly string[]
  }
}
