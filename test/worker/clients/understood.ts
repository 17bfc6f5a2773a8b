/**
 * An upstream that reads every request as the provider itself would, by its own rules, before a script decides on the answer. What a real provider
 * would refuse is refused here in its own words, so that no client is pleased by a request that would never have been answered.
 */
import type { Prompt } from '../../providers/prompt'
import { providerAt } from '../../providers/providers'
import { answer, type Plan, type Received, raw, startUpstream, type Upstream } from '../../support/upstream'

/** What arrived, and what it means, in whichever wire format it came. */
export interface Understood {
  readonly received: Received
  readonly prompt: Prompt
}

export type Reaction = (understood: Understood) => Plan

export interface UnderstandingUpstream extends Upstream {
  /** What was understood since the last `forget`, oldest first. */
  readonly understood: () => readonly Understood[]
  readonly forget: () => void
}

export async function startUnderstandingUpstream(react: Reaction): Promise<UnderstandingUpstream> {
  let all: Understood[] = []
  const upstream = await startUpstream(received => {
    const url = new URL(received.path, 'http://upstream')
    const found = providerAt(url.pathname)
    const endpoint = found?.provider.endpoint(received.method, found.path, url.searchParams)
    // Embeddings and the like depend on nothing but the request
    if (found === undefined || endpoint?.kind !== 'chat') return answer()
    const locked = found.provider.admit(new Headers({ ...received.headers }))
    const accepted = locked === undefined ? endpoint.accept(received.body) : { kind: 'refused' as const, refusal: locked }
    if (accepted.kind === 'refused') return raw(accepted.refusal.body, { status: accepted.refusal.status })
    const understood = { received, prompt: accepted.prompt }
    all.push(understood)
    return react(understood)
  })
  return {
    ...upstream,
    understood: () => all,
    forget: () => {
      all = []
    },
  }
}
