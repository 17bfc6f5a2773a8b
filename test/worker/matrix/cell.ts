/**
 * The matrix cell by cell, and one configuration for all of them. Every cell has models and secrets of its own, so that what one cell's fault does to
 * a model's or a credential's standing cannot change another cell's outcome.
 */
import type { ConfigInput } from '../../../src/config'
import type { ProviderName } from '../../providers/provider'
import { modelAt } from '../../support/router'
import { type Case, dialects, type Fault, FORM_NAMES, FORMS, type Form } from './fault'
import { FAULTS } from './faults'

export interface Cell {
  readonly fault: Fault
  readonly form: Form
  readonly dialect: ProviderName
  readonly company: 'alone' | 'with a second candidate'
  readonly case: Case
  /** The faulty model's id, which is also what its upstream calls it. */
  readonly model: string
  /** The second candidate's; it serves only where there is company. */
  readonly second: string
  /** What the client asks for. */
  readonly route: string
}

export interface Missing {
  readonly fault: Fault
  readonly form: Form | 'json, committed'
  readonly why: string
}

export const CELLS: readonly Cell[] = FAULTS.flatMap((fault, index) =>
  FORMS.flatMap(form => {
    const one = fault[form]
    if (typeof one === 'string') return []
    return dialects.flatMap(dialect =>
      (['alone', 'with a second candidate'] as const).map((company): Cell => {
        const model = `${index}-${form}-${dialect}-${company === 'alone' ? 'alone' : 'first'}`
        return { fault, form, dialect, company, case: one, model, second: `${model}-second`, route: `${model}-route` }
      }),
    )
  }),
)

export const MISSING: readonly Missing[] = FAULTS.flatMap(fault => [
  ...FORMS.flatMap((form): readonly Missing[] => {
    const why = fault[form]
    return typeof why === 'string' ? [{ fault, form, why }] : []
  }),
  { fault, form: 'json, committed', why: 'a JSON answer is committed when it is complete' },
])

export const nameOf = ({ form, dialect, company }: Cell): string => `${dialect}, ${FORM_NAMES[form]}, ${company}`
export const nameOfMissing = ({ form, why }: Missing): string =>
  `${form === 'json, committed' ? 'JSON, after the commit' : FORM_NAMES[form]}: ${why}`

/** Another dialect than the first one's, each in its turn. */
const NEXT: Readonly<Record<ProviderName, ProviderName>> = { openai: 'anthropic', anthropic: 'google', google: 'openai' }

/** No shape gives these keys away, unlike those of the well-known providers: whoever redacts them has to know them. */
const SECRET_WORD = 'NeverShown'

/** In no response may this be found. */
export const ANY_SECRET = new RegExp(SECRET_WORD)

export interface Deployment {
  readonly config: ConfigInput
  readonly bindings: Readonly<Record<string, string>>
}

export function deploymentOf(
  cells: readonly Cell[],
  upstreamUrl: string,
  closedUrl: string,
  limits: ConfigInput['limits'],
): Deployment {
  const models: ConfigInput['models'] = {}
  const bindings: Record<string, string> = {}
  const add = (id: string, dialect: ProviderName, url: string) => {
    const secret = `KEY_${Object.keys(bindings).length}`
    bindings[secret] = `${SECRET_WORD}-${id}`
    models[id] = modelAt(url, dialect, { model: id, secret })
  }
  for (const { fault, dialect, model, second } of cells) {
    add(model, dialect, fault.refused ? closedUrl : upstreamUrl)
    add(second, NEXT[dialect], upstreamUrl)
  }
  const routes = cells.map(({ company, model, second, route }) => ({
    name: route,
    use: [model],
    ...(company !== 'alone' && { fallback: [second] }),
  }))
  return { config: { models, routes, ...(limits !== undefined && { limits }) }, bindings }
}
