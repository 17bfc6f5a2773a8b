/** How fast each simulated provider answers, as a variable of the Worker sets it. */
import { isObject } from './json'
import { PROVIDER_NAMES, type ProviderName } from './provider'

export interface Speed {
  readonly firstTokenMs: number
  readonly perTokenMs: number
}
export type Speeds = Readonly<Record<ProviderName, Speed>>

/** Answers at once where nothing is set. Throws on what is set wrong: a typing error must not pass for a fast provider. */
export function speedsOf(pace: unknown): Speeds {
  const all: unknown = typeof pace === 'string' ? JSON.parse(pace) : (pace ?? {})
  const speed = (name: ProviderName): Speed => {
    const own = isObject(all) ? (all[name] ?? {}) : all
    const { firstTokenMs = 0, perTokenMs = 0 } = isObject(own) ? own : { firstTokenMs: null }
    if (typeof firstTokenMs !== 'number' || typeof perTokenMs !== 'number' || !(firstTokenMs >= 0) || !(perTokenMs >= 0)) {
      throw new Error(`PACE, ${name}: expected { firstTokenMs, perTokenMs } in milliseconds, found ${JSON.stringify(own)}`)
    }
    return { firstTokenMs, perTokenMs }
  }
  const [openai, anthropic, google] = PROVIDER_NAMES
  return { openai: speed(openai), anthropic: speed(anthropic), google: speed(google) }
}
