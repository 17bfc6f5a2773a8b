/** `POST /v1/route`: the decision for a request, explained by the code that would make it, without calling anyone. */
import { decide } from '../router/decide'
import { explain as reason } from '../router/filter'
import { questionOf } from '../router/question'
import type { AppContext } from './context'
import { hostOf, warmUp } from './host'
import { parseChat } from './parse'
import { NO_RETRY, problemResponse } from './problem'

export async function explain(c: AppContext): Promise<Response> {
  const { plan, deployment, world, caller } = c.var
  const [text] = await Promise.all([c.req.text(), warmUp(c)])
  const parsed = parseChat(text, name => c.req.header(name) ?? null)
  if (!parsed.ok) return problemResponse(parsed.failure)
  const { chat, controls } = parsed.value
  const { claims } = caller
  const question = questionOf({
    chat,
    controls,
    claims,
    isolate: deployment.isolate,
    host: hostOf(c),
    nowMs: world.now(),
    random: world.random,
    peek: true,
  })
  const { features, view } = question
  const decision = decide(plan, question)
  if (!decision.ok) return problemResponse(decision.failure, undefined, NO_RETRY)
  const { route, strategy, ranking, excluded, panic, passedOver } = decision.value
  return c.json({
    features,
    route,
    strategy,
    passed_over: passedOver,
    candidates: [
      ...ranking.map(({ model, score }, index) => ({
        model: model.id,
        rank: index + 1,
        // JSON has no Infinity: a candidate that could not be slower
        score: Number.isFinite(score) ? score : null,
      })),
      ...excluded.map(({ model, exclusion }) => ({
        model: model.id,
        rank: null,
        score: null,
        excluded: { ...exclusion, why: reason(exclusion) },
      })),
    ],
    panic,
    view: view === undefined ? null : { age_ms: view.ageMs },
  })
}
