/** What the registry tells every isolate, by way of its region's tracker: plain JSON, sent only where it differs from what is known. */
import type { Evidence } from '../algorithm/beta'
import type { Overlay } from './overlay'

export interface RegistryView {
  /** Grows with every difference, of the overlay or of what was learned, and also where a registry is made anew. */
  readonly revision: number
  readonly overlay: Overlay
  readonly feedback: FeedbackTable
  /** Signs request ids, so that feedback can be believed. Made by the registry, known to the fleet alone. */
  readonly signingKey: string
}

/** By model, metric and topic. Feedback on a request without a topic counts under `ANY_TOPIC`. */
export type FeedbackTable = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, Evidence>>>>>>

export const ANY_TOPIC = '*'

/** An isolate that has heard nothing for so long asks before it decides; ms. */
export const STALE_MS = 7_000
/** A tracker answers with nothing older than this while it can reach the registry; ms. */
export const TRACKER_AGE_MS = 3_000
/** The published bound: a change holds in every isolate after so long, while its objects can be reached; ms. */
export const EFFECTIVE_WITHIN_MS = STALE_MS + TRACKER_AGE_MS
