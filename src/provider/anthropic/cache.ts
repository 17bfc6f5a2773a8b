/**
 * Cache breakpoints within a chat request: Anthropic's own mark, which several compatible APIs have taken over for content parts and tools,
 * and OpenAI's newer one.
 */
import { objectAt, stringAt } from '../../json'
import type { CacheControl } from './wire'

export interface Marked {
  readonly cache_control?: CacheControl
}

/** What a block gets for the mark on the part that it is made of. OpenAI's lifetimes are others: half an hour is nearest to five minutes. */
export function breakpoint(part: unknown): Marked | undefined {
  const own = objectAt(part, 'cache_control')
  const theirs = objectAt(part, 'prompt_cache_breakpoint')
  if (own?.type !== 'ephemeral' && theirs === undefined) return undefined
  const isLong = stringAt(own, 'ttl') === '1h' || stringAt(theirs, 'ttl') === '12h'
  return { cache_control: { type: 'ephemeral', ...(isLong && { ttl: '1h' as const }) } }
}
