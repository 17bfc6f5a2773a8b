/** Which models the router has, and what they cost: from `GET /v1/models`, and where that says nothing from the catalogue. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isObject, listAt, numberAt, objectAt, parseJson, stringAt } from '../../src/json'
import type { Price } from '../../src/model'
import type { Options } from './options'
import type { World } from './world'

export interface Target {
  readonly id: string
  /** What the upstream calls it. */
  readonly name: string
  readonly price: Price
  readonly contextWindow: number | undefined
  readonly reasons: boolean
}

export type Targets =
  | { readonly kind: 'targets'; readonly profiled: readonly Target[]; readonly judge: Target | undefined }
  | { readonly kind: 'wrong'; readonly why: string }

const LIST_MS = 30_000
const CATALOGUE = join(import.meta.dirname, '../../src/profile/catalogue.json')

export async function findTargets(options: Options, world: World): Promise<Targets> {
  const listed = await listModels(options, world)
  if (typeof listed === 'string') return { kind: 'wrong', why: listed }
  const catalogue = parseJson(await readFile(CATALOGUE, 'utf8'))
  const known = listed.flatMap(entry => targetOf(entry, catalogue, options.price) ?? [])
  const wanted = [...(options.models ?? []), ...(options.judge === undefined ? [] : [options.judge])]
  const missing = wanted.find(id => !known.some(target => target.id === id))
  const names = known.map(({ id }) => id).join(', ')
  if (missing !== undefined) return { kind: 'wrong', why: `there is no model "${missing}" that chats. There are: ${names}` }
  const profiled = known.filter(({ id }) => options.models?.includes(id) ?? true)
  if (profiled.length === 0) return { kind: 'wrong', why: `${options.url} lists no model that chats` }
  const judge = known.find(({ id }) => id === options.judge)
  const unpriced = [...profiled, ...(judge === undefined ? [] : [judge])].filter(({ price }) => price === undefined)
  if (unpriced.length > 0) {
    const ids = unpriced.map(({ id }) => id).join(', ')
    const why = `nobody knows what ${ids} costs, so that no budget could hold. Set the price in the configuration, leave it out with --models, or say --price IN,OUT (0,0 for your own machine)`
    return { kind: 'wrong', why }
  }
  return { kind: 'targets', profiled: profiled.flatMap(priced), judge: judge === undefined ? undefined : priced(judge)[0] }
}

type Known = Omit<Target, 'price'> & { readonly price: Price | undefined }

const priced = ({ price, ...rest }: Known): readonly Target[] => (price === undefined ? [] : [{ ...rest, price }])

/** The entries, or why there are none. */
async function listModels({ url, key }: Options, world: World): Promise<readonly unknown[] | string> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  try {
    const signal = AbortSignal.any([world.signal, AbortSignal.timeout(LIST_MS)])
    const response = await world.fetch(`${url}/v1/models`, { headers, signal })
    const text = await response.text()
    if (response.ok) return listAt(parseJson(text), 'data')
    return `${url}/v1/models answered ${response.status}: ${stringAt(objectAt(parseJson(text), 'error'), 'message') ?? text.slice(0, 300)}`
  } catch (error) {
    return `${url} cannot be reached: ${reasonOf(error)}. Is the router running (npm start)?`
  }
}

/** `fetch` hides the reason one level down. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}

/** Routes and pools have no upstream name; what only makes embeddings answers no question. */
function targetOf(entry: unknown, catalogue: unknown, fallback: Price | undefined): Known | undefined {
  const id = stringAt(entry, 'id')
  const name = stringAt(entry, 'upstream_model')
  if (id === undefined || name === undefined) return undefined
  const capabilities = listAt(entry, 'capabilities')
  if (capabilities.includes('embeddings') && !capabilities.includes('chat')) return undefined
  const price = objectAt(entry, 'price')
  const input = numberAt(price, 'input')
  const output = numberAt(price, 'output')
  const said = input === undefined || output === undefined ? undefined : { input, output }
  return {
    id,
    name,
    price: said ?? listPrice(catalogue, stringAt(entry, 'owned_by') ?? '', name) ?? fallback,
    contextWindow: numberAt(entry, 'context_window'),
    reasons: capabilities.includes('reasoning'),
  }
}

function listPrice(catalogue: unknown, provider: string, name: string): Price | undefined {
  const table = objectAt(catalogue, provider)
  const figures = isObject(table) && Object.hasOwn(table, name) ? listAt(table, name) : []
  const [input, output] = figures
  return typeof input === 'number' && typeof output === 'number' ? { input, output } : undefined
}
