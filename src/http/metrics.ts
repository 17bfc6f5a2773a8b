/** `GET /metrics`: the region's load as Prometheus text (exposition format 0.0.4). */
import { isModelId } from '../router/account'
import type { ModelSnapshot } from '../state/report'
import type { AppContext } from './context'
import { problemResponse } from './problem'

interface Gauge {
  readonly name: string
  readonly help: string
  readonly read: (model: ModelSnapshot) => number | null
}

const GAUGES: readonly Gauge[] = [
  { name: 'ringroad_in_flight', help: 'Requests in flight.', read: model => model.inFlight },
  { name: 'ringroad_waiting_tokens', help: 'Prompt tokens that wait for their first token.', read: model => model.waitingTokens },
  {
    name: 'ringroad_first_token_seconds',
    help: 'Learned time to first token of an empty prompt on an idle model.',
    read: model => (model.baseMs === null ? null : model.baseMs / 1000),
  },
  {
    name: 'ringroad_output_token_seconds',
    help: 'Time per output token, decayed average.',
    read: model => (model.perTokenMs === null ? null : model.perTokenMs / 1000),
  },
  { name: 'ringroad_failure_ratio', help: 'Share of recent attempts that failed.', read: model => model.failureRate },
  { name: 'ringroad_slowdown_ratio', help: 'Recent over usual time to first token.', read: model => model.slowdown },
  { name: 'ringroad_ejected_seconds', help: 'How much longer the model is left out.', read: model => model.ejectedForMs / 1000 },
]

export async function metrics(c: AppContext): Promise<Response> {
  // What a scrape can do about it is to come again; `/admin/state` tells the reason
  const state = await c.var.tracker.look().catch(() => undefined)
  if (state === undefined)
    return problemResponse({
      status: 503,
      type: 'server_error',
      code: 'tracker_away',
      message: 'The load tracker is away.',
      param: null,
    })
  const lines = GAUGES.flatMap(({ name, help, read }) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...Object.entries(state.models).flatMap(([id, model]) => {
      if (!isModelId(id)) return []
      const value = read(model)
      return value === null ? [] : [`${name}{model="${id}"} ${value}`]
    }),
  ])
  const isolates = [
    '# HELP ringroad_isolates Isolates that reported lately.',
    '# TYPE ringroad_isolates gauge',
    `ringroad_isolates ${state.isolates}`,
  ]
  return c.body(`${[...lines, ...isolates].join('\n')}\n`, 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' })
}
