/**
 * A change at run time: checked against what the registry holds now, with the configuration's own rules, and only then written. What does not fit is refused
 * with the field's name, and nothing is half done.
 */
import type { Changed } from '../durable/registry-client'
import { isDeeper } from '../json'
import { fitted, overlaidConfig } from '../overlay'
import { type Change, changed, type Overlay } from '../state/overlay'
import { EFFECTIVE_WITHIN_MS } from '../state/registry-view'
import type { AppContext } from './context'
import { askRegistry } from './informed'
import { invalidRequest, problemResponse } from './problem'
import { describeProblem } from './ready'
import { refusedUpstream } from './upstream-host'

/** Two operators at once are rare; the loser's change is checked anew against the winner's. */
const MAX_TRIES = 3
/** A change travels to the registry in a header, of which a request may have 128 KiB in all. As it is encoded there. */
const MAX_CHANGE_CHARACTERS = 64 * 1024
/** All changes together travel to every isolate, anew whenever feedback has moved something. Enough for some hundred models with measured profiles. */
const MAX_OVERLAY_CHARACTERS = 512 * 1024
/** No field of a model is half as deep. */
const MAX_LEVELS = 20

/** `change` sees the overlay as it is, and may refuse with a response of its own. */
export async function makeChange(
  c: AppContext,
  change: (overlay: Overlay) => Change | Response,
  shown: () => unknown,
): Promise<Response> {
  const { deployment, registry } = c.var
  const who = await actorOf(c)
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const overlay = await currentOverlay(c)
    if (overlay instanceof Response) return overlay
    const made = change(overlay)
    if (made instanceof Response) return made
    if (isDeeper(made, MAX_LEVELS)) return problemResponse(invalidRequest('The body is nested too deeply.', null))
    const after = changed(overlay, made)
    if (encodeURIComponent(JSON.stringify(made)).length > MAX_CHANGE_CHARACTERS) return tooLarge('This change is')
    if (JSON.stringify(after).length > MAX_OVERLAY_CHARACTERS) return tooLarge('All changes together would be')
    const fits = overlaidConfig(deployment.input, amongOthers(deployment.input, overlay, after), refusedUpstream)
    if (!fits.ok) {
      const [first] = fits.failure
      return problemResponse(invalidRequest(`${fits.failure.slice(0, 5).map(describeProblem).join('; ')}.`, first?.field ?? null))
    }
    const done = await written(c, () => registry.change(made, who, overlay.version))
    if (done instanceof Response) return done
    if (done.isDone) return changeResponse(c, shown())
  }
  return problemResponse(invalidRequest('Others keep changing this at the same time. Try again.', null, 409, 'conflict'))
}

/** What was changed as it would be, and of everything else what fits: an older change that does not fit any more must not stand in the way of this one. */
function amongOthers(input: unknown, before: Overlay, after: Overlay): Overlay {
  const others = fitted(input, before, refusedUpstream).overlay
  const models = Object.entries(after.models).flatMap(([id, change]) => {
    const held = change === before.models[id] ? others.models[id] : change
    return held === undefined ? [] : [[id, held]]
  })
  return { ...after, models: Object.fromEntries(models) }
}

/** Has the registry write, and takes over what holds then; a response where that cannot be told. */
export async function written(c: AppContext, write: () => Promise<Changed>): Promise<Changed | Response> {
  try {
    const done = await write()
    c.var.deployment.registry.accept(done.view, c.var.world.now(), true)
    return done
  } catch (error) {
    console.warn(JSON.stringify({ level: 'warn', event: 'registry_away', error: String(error) }))
    return registryAway('Whether anything was changed is not known: read it again.')
  }
}

function tooLarge(what: string): Response {
  const message = `${what} too large to be made at run time. What is so large belongs into the configuration's file.`
  return problemResponse(invalidRequest(message, null, 413, 'body_too_large'))
}

/** The newest overlay; a response where the registry is away, or the caller wanted to change another version. */
export async function currentOverlay(c: AppContext): Promise<Overlay | Response> {
  if (!(await askRegistry(c))) return registryAway()
  const { overlay } = c.var.deployment.registry
  const wanted = c.req.header('if-match')
  if (wanted === undefined || tagsIn(wanted).some(tag => tag === '*' || tag === etag(overlay))) return overlay
  return overtaken(overlay, wanted)
}

/** A tag that compression on the way has made weak (`W/"3"`) still names one version. */
const tagsIn = (header: string): readonly string[] => header.split(',').map(tag => tag.trim().replace(/^W\//, ''))

/** Somebody else's change came first. */
export function overtaken({ version }: Overlay, wanted: string): Response {
  const message = `This is version ${version} by now, not ${wanted.slice(0, 100)}. Read it again, then change it.`
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

export function registryAway(consequence = 'Nothing was changed. Try again in a moment.'): Response {
  return problemResponse({
    status: 503,
    type: 'server_error',
    code: 'registry_away',
    message: `The registry, which keeps changes, cannot be reached. ${consequence}`,
    param: null,
    retryAfterMs: 1_000,
  })
}
