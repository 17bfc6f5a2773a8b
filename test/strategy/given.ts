/** Models, loads and situations for tests, each with a plain default and whatever a test says otherwise. */
import { createRandom } from '../../src/algorithm/random'
import type { Model, Profile } from '../../src/model'
import type { Candidate, Load, Situation } from '../../src/strategy/strategy'

export function model(id: string, given: Partial<Model> = {}): Model {
  return {
    id,
    of: id,
    provider: 'openai-compatible',
    name: id,
    baseUrl: 'https://models.example',
    headers: {},
    secretHeaders: undefined,
    secret: undefined,
    weight: 1,
    maxInFlight: 100,
    contextWindow: undefined,
    capabilities: undefined,
    price: undefined,
    profile: profile(),
    firstTokenMs: undefined,
    region: undefined,
    state: 'active',
    ...given,
  }
}

/** Figures that are worth ten answers each, as a configuration's guesses are. */
export function profile(accuracy = 0.5, creativity = 0.5, ethics = 0.5): Profile {
  const worth = (mean: number) => ({ mean, count: 10 })
  return { accuracy: worth(accuracy), creativity: worth(creativity), ethics: worth(ethics), topics: {} }
}

export function load(given: Partial<Load> = {}): Load {
  return { inFlight: 0, waitingTokens: 0, firstToken: undefined, slowdown: 1, perTokenMs: undefined, failureRate: 0, ...given }
}

export function candidate(id: string, given: Partial<Load> = {}, of: Partial<Model> = {}): Candidate {
  const made = model(id, of)
  return { model: made, load: load(given), quality: made.profile }
}

/** A fresh view of an idle fleet, a prompt of 100 tokens, seed 1. */
export function situation(given: Partial<Omit<Situation, 'features'>> = {}, promptTokens = 100): Situation {
  return {
    nowMs: 1_700_000_000_000,
    random: createRandom(1),
    turn: 0,
    hashKey: 'conversation',
    lastModel: undefined,
    priority: undefined,
    features: {
      language: { value: 'en', confidence: 1 },
      topic: { value: 'coding', confidence: 1 },
      task: { value: 'generate', confidence: 1 },
      complexity: { value: 0.5, confidence: 1 },
      modalities: ['text'],
      tools: false,
      jsonSchema: false,
      stream: true,
      promptTokens,
      turns: 1,
    },
    claims: {},
    metadata: {},
    view: { ageMs: 0, arrivalsPerSecond: 0, meanPromptTokens: 100 },
    ...given,
  }
}

export const modelsOf = (candidates: readonly Candidate[]): readonly Model[] => candidates.map(({ model: each }) => each)

/** How often each id comes first in `draws` decisions with one generator. */
export function firsts(
  draws: number,
  rank: (turn: number, random: () => number) => readonly { model: Model }[],
  seed = 1,
): ReadonlyMap<string, number> {
  const random = createRandom(seed)
  const counts = new Map<string, number>()
  for (let turn = 0; turn < draws; turn++) {
    const id = rank(turn, random)[0]?.model.id ?? 'nobody'
    counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

export const idsOf = (ranking: readonly { readonly model: Model }[]): readonly string[] =>
  ranking.map(({ model: each }) => each.id)
