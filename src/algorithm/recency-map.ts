/**
 * A map in the order in which its entries were last set, the one set longest ago first: the classic list of a least-recently-used cache. A `Map` from which an
 * entry is deleted and to which it is added again has that order too, but keeps the places of the deleted ones until it is copied, and whoever looks for the first
 * walks over all of these.
 */

export interface Entry<K, V> {
  readonly key: K
  readonly value: V
  /** The one set next after it. */
  readonly next: Entry<K, V> | undefined
}

interface Node<K, V> {
  readonly key: K
  value: V
  before: Node<K, V> | undefined
  next: Node<K, V> | undefined
}

export class RecencyMap<K, V> {
  readonly #nodes = new Map<K, Node<K, V>>()
  #first: Node<K, V> | undefined
  #last: Node<K, V> | undefined

  get size(): number {
    return this.#nodes.size
  }

  /** Set longest ago. Whoever walks on from it may delete what it has passed. */
  get first(): Entry<K, V> | undefined {
    return this.#first
  }

  get(key: K): V | undefined {
    return this.#nodes.get(key)?.value
  }

  set(key: K, value: V): void {
    const known = this.#nodes.get(key)
    if (known === undefined) {
      const node: Node<K, V> = { key, value, before: undefined, next: undefined }
      this.#nodes.set(key, node)
      this.#append(node)
      return
    }
    known.value = value
    if (known === this.#last) return
    this.#unlink(known)
    this.#append(known)
  }

  /** Another value in the same place. Of what is not there nothing. */
  replace(key: K, value: V): void {
    const known = this.#nodes.get(key)
    if (known !== undefined) known.value = value
  }

  /** False: it was not there. */
  delete(key: K): boolean {
    const node = this.#nodes.get(key)
    if (node === undefined) return false
    this.#nodes.delete(key)
    this.#unlink(node)
    return true
  }

  #append(node: Node<K, V>): void {
    node.before = this.#last
    node.next = undefined
    if (this.#last === undefined) this.#first = node
    else this.#last.next = node
    this.#last = node
  }

  /** It still knows who came next. */
  #unlink({ before, next }: Node<K, V>): void {
    if (before === undefined) this.#first = next
    else before.next = next
    if (next === undefined) this.#last = before
    else next.before = before
  }
}
