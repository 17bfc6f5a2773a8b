/** A decision in words and figures, as `/v1/route` shows it: plain JSON, in the order in which one would ask. */
import type { Mismatch } from '../context/condition'
import type { Decision } from './decide'
import { explain } from './filter'
import type { Decided } from './inform'
import type { Sized } from './question'

export interface Explanation {
  readonly features: Sized['features']
  readonly route: string
  readonly strategy: string
  /** Where the request may be served; null: anywhere. */
  readonly regions: readonly string[] | null
  readonly canary: boolean
  readonly passed_over: readonly ({ readonly route: string; readonly why: string } & Partial<Mismatch>)[]
  readonly candidates: readonly ExplainedCandidate[]
  readonly panic: boolean
  /** Of the fleet's load; null: only this isolate's own requests are known. */
  readonly view: { readonly age_ms: number } | null
  /** Where it was decided and where the view is from; null: nobody noted it. */
  readonly decided: { readonly mode: string; readonly by: string; readonly waited_ms: number; readonly spared?: true } | null
  /** What `consistent-hash` places, as a fingerprint. */
  readonly hash_key: string
  /** Of the strategy's randomness. */
  readonly seed: number
}

interface ExplainedCandidate {
  readonly model: string
  /** From 1; null: left out. */
  readonly rank: number | null
  /** Null also where it is infinite, which JSON cannot say. */
  readonly score: number | null
  readonly excluded?: Readonly<Record<string, unknown>> & { readonly why: string }
}

export function explained(decision: Decision, { features, view, hashKey, seed }: Explained, decided?: Decided): Explanation {
  const { route, strategy, regions, canary, ranking, excluded, panic, passedOver } = decision
  return {
    features,
    route,
    strategy,
    regions: regions ?? null,
    canary,
    passed_over: passedOver.map(({ route: name, why, mismatch }) => ({ route: name, why, ...mismatch })),
    candidates: [
      ...ranking.map(({ model, score }, index) => ({
        model: model.id,
        rank: index + 1,
        score: Number.isFinite(score) ? score : null,
      })),
      ...excluded.map(({ model, exclusion }) => ({
        model: model.id,
        rank: null,
        score: null,
        excluded: { ...exclusion, why: explain(exclusion) },
      })),
    ],
    panic,
    view: view === undefined ? null : { age_ms: view.ageMs },
    decided: decided === undefined ? null : shown(decided),
    hash_key: hashKey,
    seed,
  }
}

const shown = ({ mode, by, waitedMs, spared }: Decided): Explanation['decided'] => ({
  mode,
  by,
  waited_ms: waitedMs,
  ...(spared && { spared }),
})

type Explained = Pick<Sized, 'features' | 'view' | 'hashKey' | 'seed'>
