/**
 * Credentials of one model among themselves. A list, or a ranking by quality, puts one of them before the other for no reason, and would use the second only
 * once the first is at its limit. So they change places: which places the model's credentials have stays as it was ranked, and who of them has
 * which is up to a strategy that spreads load.
 */
import type { Candidate, Rank, Ranked, Situation } from '../strategy/strategy'

/** `spreading`: how the credentials of this configured model share its work; undefined where their order was asked for. */
export function spread(
  ranking: readonly Ranked[],
  candidates: readonly Candidate[],
  situation: Situation,
  spreading: (of: string) => Rank | undefined,
): readonly Ranked[] {
  const names = new Set(candidates.map(({ model }) => model.of))
  if (names.size === candidates.length) return ranking
  const queues = new Map<string, Ranked[]>()
  for (const [of, siblings] of Map.groupBy(candidates, ({ model }) => model.of)) {
    const rank = siblings.length > 1 ? spreading(of) : undefined
    if (rank === undefined) continue
    const scores = new Map(ranking.map(({ model, score }) => [model, score]))
    queues.set(
      of,
      rank(siblings, situation).map(({ model, score }) => ({ model, score: scores.get(model) ?? score })),
    )
  }
  return queues.size === 0 ? ranking : ranking.map(ranked => queues.get(ranked.model.of)?.shift() ?? ranked)
}
