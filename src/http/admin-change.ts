/**
 * A change at run time: checked against what the registry holds now, with the configuration's own rules, and only then written. What does not fit is refused
 * with the field's name, and nothing is half done.
 */
import { fitted, overlaidConfig } from '../overlay'
import { type Change, changed, type Overlay } from '../state/overlay'
import { EFFECTIVE_WITHIN_MS } from '../state/registry-view'
import type { AppContext } from './context'
import { askRegistry } from './informed'
import { invalidRequest, problemResponse } from './problem'
import { describeProblem } from './ready'

/** Two operators at once are rare; the loser's change is checked anew against the winner's. */
const MAX_TRIES = 3

/** `change` sees the overlay as it is, and may refuse with a response of its own. */
export async function makeChange(
  c: AppContext,
  change: (overlay: Overlay) => Change | Response,
  shown: () => unknown,
): Promise<Response> {
  const { deployment, registry, world } = c.var
  const who = await actorOf(c)
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const overlay = await currentOverlay(c)
    if (overlay instanceof Response) return overlay
    const made = change(overlay)
    if (made instanceof Response) return made
    const fits = overlaidConfig(deployment.input, changed(fitted(deployment.input, overlay).overlay, made))
    if (!fits.ok) {
      const [first] = fits.failure
      return problemResponse(invalidRequest(`${fits.failure.slice(0, 5).map(describeProblem).join('; ')}.`, first?.field ?? null))
    }
    const done = await registry.change(made, who, overlay.version)
    deployment.registry.accept(done.view, world.now(), true)
    if (done.isDone) return changeResponse(c, shown())
  }
  return problemResponse(invalidRequest('Others keep changing this at the same time. Try again.', null, 409, 'conflict'))
}

/** The newest overlay; a response where the registry is away, or the caller wanted to change another version. */
export async function currentOverlay(c: AppContext): Promise<Overlay | Response> {
  if (!(await askRegistry(c))) return registryAway()
  const { overlay } = c.var.deployment.registry
  const wanted = c.req.header('if-match')
  if (wanted === undefined || wanted === '*' || wanted === etag(overlay)) return overlay
  const message = `This is version ${overlay.version} by now, not ${wanted}. Read it again, then change it.`
  return problemResponse(invalidRequest(message, 'if-match', 412, 'conflict'))
}

export function changeResponse(c: AppContext, rest: unknown): Response {
  const { overlay } = c.var.deployment.registry
  return c.json({ version: overlay.version, effectiveWithinMs: EFFECTIVE_WITHIN_MS, ...(rest as object) }, 200, {
    etag: etag(overlay),
  })
}

export const etag = ({ version }: Overlay): string => `"${version}"`

/** Who changed it: the name that they give themselves, and their key's fingerprint, which tells keys apart and gives nothing away. */
export async function actorOf(c: AppContext): Promise<string> {
  const name = c.req
    .header('x-router-actor')
    ?.replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 60)
  const token = c.req.header('authorization') ?? ''
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
  const fingerprint = [...digest.slice(0, 4)].map(byte => byte.toString(16).padStart(2, '0')).join('')
  return name === undefined ? `key ${fingerprint}` : `${name} (key ${fingerprint})`
}

export function registryAway(): Response {
  return problemResponse({
    status: 503,
    type: 'server_error',
    code: 'registry_away',
    message: 'The registry, which keeps changes, cannot be reached. Nothing was changed. Try again in a moment.',
    param: null,
    retryAfterMs: 1_000,
  })
}
