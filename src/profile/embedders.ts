/** Which models make embeddings, by their names, for configurations that do not say: nearly all are called so, and a few families are not. */

/** Families without the word in their names, at the beginning or after a vendor's: BAAI/bge-m3, intfloat/multilingual-e5-large. */
const FAMILY = /(^|\/)(bge|(multilingual-)?e5|gte|all-minilm|all-mpnet|voyage)-/

/** Rerankers of these families score pairs of texts and give no vectors. */
const OTHER_WORK = /rerank/

export function isEmbedder(name: string): boolean {
  const lower = name.toLowerCase()
  return (/embed/.test(lower) || FAMILY.test(lower)) && !OTHER_WORK.test(lower)
}
