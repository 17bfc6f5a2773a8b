/** Plans and questions for decisions, from configurations as operators write them. */
import { type ConfigInput, parseConfig } from '../../src/config'
import type { Problem, Result } from '../../src/outcome'
import { boundTo } from '../../src/router/bound'
import { type Controls, parseControls } from '../../src/router/controls'
import { type Decision, decide, type Question } from '../../src/router/decide'
import { createPlan, type Plan } from '../../src/router/plan'
import { LocalLoad, type ModelLoad } from '../../src/state/local-load'
import type { ModelSnapshot, Snapshot } from '../../src/state/report'
import { chat } from '../provider/requests'
import { modelSnapshot } from '../state/given'
import { situation } from '../strategy/given'

export const modelsNamed = (...ids: readonly string[]): ConfigInput['models'] =>
  Object.fromEntries(
    ids.map(id => [id, { provider: 'openai-compatible', model: `${id}-upstream`, baseUrl: 'https://up.example/v1' }]),
  )

/** `dead`: models whose secret is not set. */
export function planOf(input: ConfigInput, dead: readonly string[] = []): Plan {
  const config = parseConfig(input)
  if (!config.ok) throw new Error(JSON.stringify(config.failure))
  return createPlan(config.value, ({ id, secret = 'A_SECRET' }) => (dead.includes(id) ? [secret] : []))
}

export const idle: ModelLoad = new LocalLoad('nobody').load('m', 0)

/** What a request without any asks for. */
export const noControls: Controls = controlsOf()

function controlsOf(): Controls {
  const parsed = parseControls(chat(), () => null)
  if (!parsed.ok) throw new Error(parsed.failure.message)
  return parsed.value
}

export interface Asking extends Partial<Omit<Question, 'controls' | 'load' | 'features'>> {
  readonly fields?: Record<string, unknown>
  readonly controls?: Partial<Controls>
  readonly features?: Partial<Question['features']>
  /** By the id of a model, an account or a place; the others are idle. */
  readonly loads?: Readonly<Record<string, Partial<ModelLoad>>>
}

export function questionOf({ model = 'auto', fields, controls, features, loads = {}, ...rest }: Asking): Question {
  const { nowMs, random, claims, view, features: plain } = situation()
  const asked = chat({ model, ...fields })
  return {
    model,
    bound: boundTo(asked),
    metadata: asked.metadata ?? {},
    controls: { ...noControls, ...controls },
    features: { ...plain, ...features },
    claims,
    hashKey: 'conversation',
    lastModel: undefined,
    nowMs,
    random,
    turn: () => 0,
    load: id => ({ ...idle, ...loads[id] }),
    place: 'TST',
    view,
    feedback: {},
    ...rest,
  }
}

export const ask = (plan: Plan, asking: Asking = {}): Result<Decision, Problem> => decide(plan, questionOf(asking))

export function decided(plan: Plan, asking: Asking = {}): Decision {
  const decision = ask(plan, asking)
  if (!decision.ok) throw new Error(decision.failure.message)
  return decision.value
}

export const rankedIds = (decision: Decision): readonly string[] => decision.ranking.map(({ model }) => model.id)

/** What a tracker would tell that knows this of the models, and else of no traffic. */
export const snapshotOf = (models: Readonly<Record<string, Partial<ModelSnapshot>>>, isolates = 1): Snapshot => ({
  batch: 0,
  intervalMs: 100,
  isolates,
  arrivalsPerSecond: 0,
  meanPromptTokens: 0,
  models: Object.fromEntries(Object.entries(models).map(([id, of]) => [id, modelSnapshot(of)])),
})
