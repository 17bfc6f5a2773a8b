/** `GET /admin/state`: what the region's tracker and this isolate know, model by model. */
import { accountId, placeId } from '../router/account'
import type { AppContext } from './context'
import { hostOf } from './host'
import { askRegistry } from './informed'
import { problemResponse } from './problem'
import { describeProblem } from './ready'
import { trackerWarnings } from './tracker-warnings'

export async function adminState(c: AppContext): Promise<Response> {
  const { tracker, deployment, world } = c.var
  await askRegistry(c)
  const { config, plan, isolate } = deployment
  const state = await tracker.look().catch((error: unknown) => String(error))
  if (typeof state === 'string') {
    return problemResponse({
      status: 503,
      type: 'server_error',
      code: 'tracker_away',
      message: `The load tracker is away: ${state}`,
      param: null,
    })
  }
  const { place } = hostOf(c)
  const { askShare = 1 } = state
  const configured = config.ok ? [...config.value.models.values()] : []
  const models = configured.map(model => {
    const { inFlight = 0, waitingTokens = 0, ...learned } = state.models[model.id] ?? {}
    return [
      model.id,
      {
        provider: model.provider,
        model: model.name,
        of: model.of,
        region: model.region ?? null,
        weight: model.weight,
        maxInFlight: model.maxInFlight,
        state: plan?.live.has(model.id) || model.state === 'disabled' ? model.state : 'no-secret',
        inFlight,
        waitingTokens,
        ...learned,
        // What it shares with others: 0 is well
        accountLeftOutForMs: state.models[accountId(model)]?.ejectedForMs ?? 0,
        placeLeftOutForMs: state.models[placeId(model, place)]?.ejectedForMs ?? 0,
      },
    ]
  })
  return c.json({
    models: Object.fromEntries(models),
    isolates: state.isolates,
    syncIntervalMs: state.intervalMs,
    arrivalsPerSecond: state.arrivalsPerSecond,
    burstFactor: state.burstFactor ?? 1,
    askShare,
    decisions: state.decisions,
    overlayVersion: deployment.registry.overlay.version,
    configHash: plan === undefined ? null : deployment.configHash(plan),
    isolate: { inFlight: isolate.load.inFlight, viewAgeMs: isolate.load.view(world.now())?.ageMs ?? null },
    notice: deployment.notice ?? null,
    warnings: [
      ...(config.ok ? config.value.warnings : config.failure.map(describeProblem)),
      ...trackerWarnings({ isOverrun: state.isOverrun === true, askShare }),
    ],
    missingSecrets: deployment.missingSecrets,
  })
}
