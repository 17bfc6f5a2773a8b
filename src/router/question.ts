/** A request's question to `decide`: what it asks for, who asks, and the load as it is at this moment. */
import { fingerprint } from '../algorithm/hash'
import { createRandom } from '../algorithm/random'
import type { ChatRequest } from '../chat'
import { describe } from '../context/describe'
import { UNDESCRIBED } from '../context/features'
import { estimateTextTokens } from '../context/tokens'
import type { EmbeddingsInput, EmbeddingsRequest } from '../embeddings'
import type { Native } from '../provider/native'
import { boundTo, TOKEN_NUMBERS } from './bound'
import type { Controls } from './controls'
import type { Question } from './decide'
import { embeddingsHashKey, hashKeyOf } from './hash-key'
import type { Isolate } from './isolate'
import { claimedRegions, narrowed } from './region'
import type { Host } from './world'

export interface ChatAsked {
  readonly chat: ChatRequest
  /** The same in the caller's own words, where they are not canonical. */
  readonly native?: Native | undefined
}

export interface EmbeddingsAsked {
  readonly embeddings: EmbeddingsRequest
}

/** What the client asks for: either kind of work. */
export type Asked = ChatAsked | EmbeddingsAsked

export interface Circumstances {
  readonly controls: Controls
  readonly claims: Readonly<Record<string, unknown>>
  readonly isolate: Isolate
  readonly host: Pick<Host, 'load' | 'place'>
  readonly nowMs: number
  readonly random: () => number
  /** Only asks what would be decided: whoever comes next still gets the same turn. */
  readonly peek?: boolean
}

export type Asking<A extends Asked = Asked> = A & Circumstances

/** All that the model has to read, in tokens, besides what `decide` looks at. */
export interface Sized extends Question {
  readonly promptTokens: number
  /** Of the decision's randomness: with it the decision can be made again. */
  readonly seed: number
}

export function questionOf(asking: Asking): Sized {
  const { controls, claims, isolate, host, nowMs, random, peek = false } = asking
  const { key, ...about } = 'chat' in asking ? chatQuestion(asking, controls) : embeddingsQuestion(asking, controls)
  const hashKey = fingerprint(key)
  const seed = Math.floor(random() * 2 ** 32)
  return {
    ...about,
    controls,
    claims,
    regions: narrowed(controls.regions, claimedRegions(claims)),
    hashKey,
    lastModel: isolate.load.placements.modelOf(hashKey, nowMs),
    isPopular: isolate.popularity.isPopular(hashKey, nowMs, { peek }),
    nowMs,
    seed,
    random: createRandom(seed),
    turn: group => isolate.turn(group, { peek }),
    load: id => host.load.load(id, nowMs),
    feedback: isolate.registry.view?.feedback ?? {},
    view: host.load.view(nowMs),
    place: host.place,
  }
}

interface About extends Pick<Sized, 'model' | 'features' | 'bound' | 'metadata' | 'promptTokens'> {
  /** May be the beginning of a prompt. */
  readonly key: string
}

function chatQuestion({ chat, native }: ChatAsked, { key }: Controls): About {
  const features = describe(chat)
  return {
    model: chat.model,
    features,
    bound: boundTo(chat, native),
    metadata: chat.metadata ?? {},
    key: hashKeyOf(chat, key),
    promptTokens: features.promptTokens,
  }
}

function embeddingsQuestion({ embeddings }: EmbeddingsAsked, { key }: Controls): About {
  const { body, input } = embeddings
  const { largest, all } = sizesOf(input)
  return {
    model: body.model,
    // What texts to embed are about must not change who embeds them. Each is read by itself, so that the largest has to fit
    features: { ...UNDESCRIBED, promptTokens: largest },
    bound: input.kind === 'tokens' ? TOKEN_NUMBERS : undefined,
    metadata: body.metadata ?? {},
    key: embeddingsHashKey(embeddings, key),
    promptTokens: all,
  }
}

function sizesOf(input: EmbeddingsInput): { readonly largest: number; readonly all: number } {
  if (input.kind === 'texts') {
    const longest = input.texts.reduce((most, text) => (text.length > most.length ? text : most), '')
    return { largest: estimateTextTokens([longest]), all: estimateTextTokens(input.texts) }
  }
  const lengths = input.lists.map(list => list.length)
  return { largest: Math.max(...lengths), all: lengths.reduce((sum, length) => sum + length, 0) }
}
