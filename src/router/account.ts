/**
 * What several models share and what can fail for all of them at once: the account that a key belongs to, and the place that requests come from. They are
 * tracked like models, under ids of their own, so that what one isolate finds out every isolate knows after a sync. A model's id never starts with `#`.
 */
import { type Model, secretNamesOf } from '../model'

/**
 * Of a model with secret headers, all of its secrets together: behind a gateway that refuses its token, or a key, the same key may still be good elsewhere. A
 * model without any secret shares its account with nobody.
 */
export function accountId(model: Model): string {
  const { id, secret, secretHeaders } = model
  return `#account:${secretHeaders === undefined ? (secret ?? id) : secretNamesOf(model).toSorted().join('+')}`
}

/** `place`: the data centre of this isolate. A provider may serve one and not the next. */
export const placeId = ({ provider }: Model, place: string): string => `#place:${provider}@${place}`

export const isModelId = (id: string): boolean => !id.startsWith('#')
