/**
 * A strategy ranks every eligible candidate, best first, so that falling back is walking down its ranking.
 * It is a pure function: time, randomness, turn and load are handed in. What depends on the configuration alone
 * (rings, schedules) is prepared once by `prepare` and not per request.
 */
import type { LogNormal } from '../algorithm/log-normal'
import type { Features } from '../context/features'
import type { Model, Priority, Qualities } from '../model'
import type { CachedShares, Relation } from '../state/cached-share'
import type { Quota } from '../state/headroom'

export const STRATEGIES = [
  'round-robin',
  'weighted-round-robin',
  'random',
  'least-connections',
  'adaptive',
  'consistent-hash',
  'model-aware',
  'contextual',
] as const
export type StrategyName = (typeof STRATEGIES)[number]

/** The load of one model over the fleet, as this decision believes it to be. */
export interface Load {
  /** Live leases: the others' from the snapshot, aged, plus this isolate's own. */
  readonly inFlight: number
  /** Of these, those that others told of, as of the view. By default all may be as of now. */
  readonly told?: number | undefined
  /** Of those in flight, recent failures, that hold no lease any more and count as load for a while; by default none. */
  readonly recentFailures?: number | undefined
  /** Prompt tokens of those requests that still wait for their first token. */
  readonly waitingTokens: number
  /**
   * Learned time to first token: `baseMs + slopeMsPerToken × prompt tokens ahead (own included)`.
   * Undefined while nothing has been seen, or when the evidence is too old to count.
   */
  readonly firstToken:
    | {
        readonly baseMs: number
        readonly slopeMsPerToken: number
        /** What a token of the prompts that wait ahead counts for, of one's own, 0..1: less than 1 where several are read at a time, or the view is old. */
        readonly ahead?: number | undefined
      }
    | undefined
  /** Recent observed over predicted time to first token; 1 is as predicted. Failures and timeouts count as slow. */
  readonly slowdown: number
  /** Time per output token, ms. */
  readonly perTokenMs: number | undefined
  /** Answers that it writes at a time before prompts have to wait; undefined: there was always room, as far as anybody saw. */
  readonly concurrency?: number | undefined
  /** How long it writes an answer, on average. */
  readonly answerMs?: number | undefined
  /** How long its answers are, in tokens. */
  readonly answerTokens?: LogNormal | undefined
  /** The 95th percentile of the time to first token, over what was predicted. */
  readonly p95Ratio?: number | undefined
  /** What of a prompt it has in its cache; undefined or null: nothing is known of one. */
  readonly cached?: CachedShares | null | undefined
  /** What is left of the scarcest rate limit, 0..1, and until it is full again, ms; null where nothing is known of one. */
  readonly headroom?: { readonly share: number; readonly forMs?: number | undefined } | null | undefined
  /** The same on average, for when nothing newer is known. */
  readonly usualHeadroom?: number | undefined
  /** Of a limit on requests: so many would be let through now, and one more every `refillMs`. Undefined: none is known, or not how many it is. */
  readonly quota?: Quota | undefined
  /** Share of recent attempts that failed, 0..1, decayed. */
  readonly failureRate: number
}

export interface Candidate {
  readonly model: Model
  readonly load: Load
  /** For this request's topic: the profile and what feedback made of it. */
  readonly quality: Qualities
}

/** Everything that a decision rests on besides its candidates. */
export interface Situation {
  readonly nowMs: number
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Counts this isolate's decisions for the route, from a random start. */
  readonly turn: number
  /** What consistent hashing hashes: a client's key or the conversation's stable prefix. */
  readonly hashKey: string
  /** The model that this conversation was last sent to, as far as this isolate remembers. */
  readonly lastModel: string | undefined
  /** Many requests at a time have this key, so that it is more than one conversation. By default few do. */
  readonly isPopular?: boolean | undefined
  readonly priority: Priority | undefined
  readonly features: Features
  /** Claims of a verified key or token, and the client's own metadata: what `contextual` rules may look at. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly metadata: Readonly<Record<string, string>>
  /**
   * The snapshot behind the candidates' loads: its age, how many requests the rest of the fleet starts per second, and how many
   * prompt tokens they bring on average. Undefined: there is none, and `load` is this isolate's own leases only.
   */
  readonly view: { readonly ageMs: number; readonly arrivalsPerSecond: number; readonly meanPromptTokens: number } | undefined
}

export interface Ranked {
  readonly model: Model
  /** The figure the ranking rests on, in the strategy's own unit (README's table says which); for explanations only. */
  readonly score: number
  /** How the conversation stands to it; undefined where nobody looked. */
  readonly relation?: Relation | undefined
  /** Whoever knows nothing of the conversation looks for it here; undefined: nobody looks for it anywhere. */
  readonly isExpected?: boolean | undefined
}

export type Rank = (candidates: readonly Candidate[], situation: Situation) => readonly Ranked[]

export interface Strategy {
  readonly name: StrategyName
  /** `models` are all that the route may ever offer this strategy; `rank` receives the eligible ones among them. */
  prepare(models: readonly Model[], options: StrategyOptions): Rank
}

export interface StrategyOptions {
  /** The route's own priority, for when the request names none. */
  readonly priority?: Priority | undefined
  /** For `model-aware` alone: learn by trying. */
  readonly explore?: { readonly minShare: number } | undefined
  /** For `contextual` alone: the rules in order, each with the ranking of what it uses. */
  readonly rules?: readonly Rule[]
}

/** One contextual rule: when it applies, and how it ranks. `uses` and `fallback` are model ids. */
export interface Rule {
  readonly name: string
  readonly applies: (situation: Situation) => boolean
  readonly uses: readonly string[]
  readonly fallback: readonly string[]
  readonly rank: Rank
}
