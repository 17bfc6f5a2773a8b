/** `POST /v1/feedback`: how good an answer was, by whoever got it. It moves what is believed of the model that gave it, on the topic that it was about. */
import * as v from 'valibot'
import { QUALITIES } from '../model'
import { ANY_TOPIC } from '../state/registry-view'
import { registryAway } from './admin-change'
import type { AppContext } from './context'
import { parseBody } from './parse'
import { invalidRequest, NO_RETRY, problemResponse } from './problem'
import { readReceipt } from './receipt'

const FeedbackSchema = v.object({
  request_id: v.pipe(v.string(), v.maxLength(600)),
  score: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  metric: v.optional(v.picklist(QUALITIES), 'accuracy'),
})

export async function feedback(c: AppContext): Promise<Response> {
  const { deployment, registry, world, plan } = c.var
  const parsed = parseBody(await c.req.text(), FeedbackSchema)
  if (!parsed.ok) return problemResponse(parsed.failure, undefined, NO_RETRY)
  const { request_id, score, metric } = parsed.value
  const receipt = await readReceipt(request_id, deployment.registry.view?.signingKey ?? '', world.now())
  if (receipt === undefined) {
    const message =
      'request_id: expected the x-router-request-id of an answer of the last seven days, whole and as it was sent; found something else.'
    return problemResponse(invalidRequest(message, 'request_id', 400, 'invalid_value'), undefined, NO_RETRY)
  }
  const { id, model, topic, atMs } = receipt
  const { forgetting } = plan
  const heard = { requestId: id, model, metric, topic: topic ?? ANY_TOPIC, score, requestedAtMs: atMs, forgetting }
  // An answer without feedback is no loss worth a wait: the client may simply send it again
  const isNew = await registry.learn(heard).catch(() => undefined)
  if (isNew === undefined) return registryAway()
  if (!isNew)
    return problemResponse(
      invalidRequest('This request has had its feedback.', 'request_id', 409, 'repeated'),
      undefined,
      NO_RETRY,
    )
  return c.json({ object: 'feedback', model, metric, topic, score })
}
