/** `POST /admin/replay`: a decision from the log made again, and whether it comes out the same. */
import { explained } from '../router/explanation'
import { replay } from '../router/replay'
import { registryAway } from './admin-change'
import type { AppContext } from './context'
import { DecisionLineSchema } from './decision-line'
import { askRegistry } from './informed'
import { parseBody } from './parse'
import { invalidRequest, notConfigured, problemResponse } from './problem'

export async function replayDecision(c: AppContext): Promise<Response> {
  const { deployment } = c.var
  const parsed = parseBody(await c.req.text(), DecisionLineSchema)
  if (!parsed.ok) return problemResponse(parsed.failure)
  const { decision: record, configHash: recorded, config } = parsed.value
  if (record === undefined) return problemResponse(invalidRequest(NO_RECORD, 'decision', 400, 'invalid_value'))
  if (record.isCut) return problemResponse(invalidRequest(CUT, 'decision.isCut', 400, 'invalid_value'))
  if (!(await askRegistry(c))) return registryAway()
  const { plan } = deployment
  if (plan === undefined) return problemResponse(notConfigured('The configuration is wrong: GET /health says how.'))
  const current = deployment.configHash(plan)
  if (recorded !== current && config !== 'current') {
    const message =
      `This was decided under the configuration ${recorded}, and the one that holds now is ${current}. ` +
      'Add "config": "current" to see what that one decides.'
    return problemResponse(invalidRequest(message, 'configHash', 409, 'conflict'))
  }
  const { question, decided, difference, assumedIdle } = replay(plan, record)
  return c.json({
    matches: difference === undefined,
    difference: difference ?? null,
    config_hash: { recorded, current },
    assumed_idle: assumedIdle,
    decision: decided.ok ? explained(decided.value, question, record.decided) : null,
    refused: decided.ok ? null : decided.failure,
  })
}

const NO_RECORD =
  'decision: this line holds none. Lines hold one while the configuration says `log: "decision"`, and have to be sent whole.'
const CUT = 'decision.isCut: so many models, or such long claims, that the log holds only a part of what this decision rested on.'
