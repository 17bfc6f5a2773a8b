/** The form of the fault matrix: what an upstream may do wrong, and for every form of answer what a client must see of it. */
import { PROVIDER_NAMES, type ProviderName } from '../../providers/provider'
import type { Plan } from '../../support/plan'
import type { Received } from '../../support/upstream'

/** When the fault strikes. There is no JSON after the commit: such an answer is complete when it is committed. */
export const FORMS = ['json', 'stream', 'committed'] as const
export type Form = (typeof FORMS)[number]

export const FORM_NAMES: Readonly<Record<Form, string>> = {
  json: 'JSON',
  stream: 'stream, before the commit',
  committed: 'stream, after the commit',
}

export type ByDialect<T> = Readonly<Record<ProviderName, T>>

export interface Case {
  readonly plan: (request: Received) => Plan
  /** Without another candidate; in the words of `Sight.line`. */
  readonly alone: ByDialect<string>
  /** Whether another candidate takes over. If not, the client sees the same with it as without, and it is not called. */
  readonly fallsBack: boolean
  /** How it ends for the faulty side. `either`: it ends by itself at the moment at which it is left. `uncalled`: nothing arrives there. */
  readonly upstream: 'finished' | 'aborted' | 'either' | 'uncalled'
  /** `x-router-deadline-ms`. */
  readonly deadlineMs?: number
  /** Where the router does not do it yet: the cells whose client would see it are expected to fail, and tell once they no longer do. */
  readonly wrongStill?: readonly ProviderName[]
}

/** A text is the reason why there is no such case. */
export type Cases = Readonly<Record<Form, Case | string>>

export interface Fault extends Cases {
  readonly name: string
  /** Nobody listens where the model should be. */
  readonly refused?: true
}

type PlanOf = Plan | Case['plan']
type Seen = string | ByDialect<string>

const planOf = (plan: PlanOf): Case['plan'] => (typeof plan === 'function' ? plan : () => plan)
const seenBy = (seen: Seen): ByDialect<string> =>
  typeof seen === 'string' ? { openai: seen, anthropic: seen, google: seen } : seen

/** Before the commit: another candidate takes over in silence. */
export const fallsBack = (plan: PlanOf, alone: Seen, upstream: Case['upstream'] = 'finished'): Case => ({
  plan: planOf(plan),
  alone: seenBy(alone),
  fallsBack: true,
  upstream,
})

/** The client sees this whether or not there is another candidate. */
export const stands = (plan: PlanOf, alone: Seen, upstream: Case['upstream'] = 'finished'): Case => ({
  ...fallsBack(plan, alone, upstream),
  fallsBack: false,
})

/** What never comes is not waited for: the caller's own deadline passes, and no time is left for another candidate. */
export const deadlinePasses = (plan: PlanOf): Case => ({ ...stands(plan, '504 timeout', 'aborted'), deadlineMs: 500 })

/** The same in all dialects but one or two. */
export const except = (seen: string, others: Partial<ByDialect<string>>): ByDialect<string> => ({ ...seenBy(seen), ...others })

export const dialects: readonly ProviderName[] = PROVIDER_NAMES
