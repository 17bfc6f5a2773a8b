declare module 'hashring' {
  export default class HashRing {
    constructor(servers: Readonly<Record<string, { readonly vnodes: number }>> | readonly string[], algorithm?: string)
    get(key: string): string
  }
}
