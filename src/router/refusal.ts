/** Why a request is not served, as the client is told: what is wrong, who had which reason against it, and what to ask for instead. */
import { does } from '../model'
import { type Problem, TOO_LONG } from '../outcome'
import type { Question } from './decide'
import { type Excluded, explain, isTemporary } from './filter'
import type { Group, WorkPlan } from './plan'

/** `param`: where the name stands. */
export function unknownModel(plan: WorkPlan, name: string, param: string): Problem {
  const models = [...plan.config.models.values()].filter(({ id, of }) => id === name || of === name)
  const enabled = models.filter(({ state }) => state !== 'disabled')
  const secrets = neededSecrets(enabled.flatMap(({ id }) => [plan.missingSecrets.get(id) ?? []]))
  const message =
    models.length > 0 && enabled.length === 0
      ? `"${name}" is disabled.`
      : secrets !== ''
        ? `"${name}" is configured, but its ${secrets.includes(' ') ? 'secrets are' : 'secret is'} not set: ${secrets}.`
        : `There is no model, pool or route "${name.slice(0, 100)}" here. Known names: ${plan.names.slice(0, 50).join(', ')}.`
  return { status: 404, type: 'invalid_request_error', code: 'model_not_found', message, param }
}

/** Any of the models would do, each with all that it lacks. */
export function neededSecrets(missing: Iterable<readonly string[]>, shown = (name: string) => name): string {
  const each = [...missing].filter(names => names.length > 0).map(names => names.map(shown).join(' and '))
  return [...new Set(each)].join(' or ')
}

/** Whoever might, with a reason against each. What will pass is worth another try, and what will not is the request's fault. */
export function nobodyCan(
  plan: WorkPlan,
  group: Group,
  excluded: readonly Excluded[],
  asked: Pick<Question, 'controls' | 'regions'>,
): Problem {
  const reasons = excluded.map(({ model, exclusion }) => `${model.id}: ${explain(exclusion)}`).join('; ')
  const message = `No model of "${group.name}" can take this request. ${reasons || 'None of its models is live'}.`
  if (excluded.length === 0 || excluded.some(({ exclusion }) => isTemporary(exclusion)))
    return { status: 503, type: 'server_error', code: 'no_model_available', message, param: null, retryAfterMs: 1_000 }
  const tooLong = excluded.some(({ exclusion }) => exclusion.kind === 'context-window')
  if (tooLong) return invalid('context_length_exceeded', `${TOO_LONG} ${message}`, plan.work === 'chat' ? 'messages' : 'input')
  const able = excluded.filter(({ exclusion }) => exclusion.kind !== 'work')
  if (able.length > 0 && able.every(({ exclusion }) => exclusion.kind === 'region')) return notThere(message, asked)
  const isOtherWork = excluded.every(({ exclusion }) => exclusion.kind === 'work')
  if (!isOtherWork) return invalid('unsupported_parameter', message, boundField(excluded))
  return invalid('unsupported_model', `${message} ${named(plan)}`, 'model')
}

/** `regions`: of those that models are in. */
function notThere(message: string, { controls, regions = [] }: Pick<Question, 'controls' | 'regions'>): Problem {
  const allowed = regions.length > 0 ? regions.join(', ') : 'none that a model is in'
  const param = controls.regions === undefined ? null : 'x-router-regions'
  return invalid('no_model_in_region', `${message} Regions where it may be served: ${allowed}.`, param)
}

/** The field that all stumble over, where it is one that only another dialect can read. */
function boundField(excluded: readonly Excluded[]): string | null {
  const reasons = excluded.map(({ exclusion }) => exclusion).filter(({ kind }) => kind !== 'work')
  const fields = new Set(reasons.map(exclusion => (exclusion.kind === 'bound' ? exclusion.field : null)))
  const [field = null] = fields
  return fields.size === 1 ? field : null
}

/**
 * Vectors of different models lie in different spaces: comparing them gives numbers without meaning, and no error ever. So a name for embeddings must
 * stand for one model, wherever it runs; then spreading the load and falling back change nothing but the place. Upstreams that call
 * a model by the same name are taken to run the same one.
 */
export function severalSpaces(plan: WorkPlan, group: Group, { controls, model }: Question): Problem | undefined {
  if (plan.work !== 'embeddings' || group.upstreamNames.size < 2) return undefined
  const asked = controls.models?.join(', ') ?? model
  const names = [...group.upstreamNames].join(', ')
  const message = `"${asked.slice(0, 100)}" stands for several embedding models (${names}), and their vectors cannot be compared.`
  return invalid('ambiguous_model', `${message} ${named(plan)}`, controls.models === undefined ? 'model' : 'x-router-models')
}

/** Whom one may ask by name instead. */
function named({ live, work }: WorkPlan): string {
  const ids = [...new Set([...live.values()].filter(model => does(model, work)).map(({ of }) => of))]
  if (ids.length > 0) return `Name one of these: ${ids.slice(0, 50).join(', ')}.`
  return work === 'chat' ? 'No live model here chats.' : 'No live model here makes embeddings.'
}

function invalid(code: string, message: string, param: string | null): Problem {
  return { status: 400, type: 'invalid_request_error', code, message, param }
}
