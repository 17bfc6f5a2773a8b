/**
 * A name for the configuration as it holds: equal wherever the same decisions would be made, so that a decision can be made again only where that
 * means something. The values of headers stay out, since they may be secret and decide nothing (of those that are, the secrets'
 * names count), and so does what is logged.
 */
import { fingerprint } from '../algorithm/hash'
import type { Config } from '../config'
import type { Plan } from './plan'

/** `overlayVersion`: of what operators changed at run time. 16 hexadecimal digits. */
export function configHash({ config, live }: Pick<Plan, 'config' | 'live'>, overlayVersion: number): string {
  const { warnings: _, log: __, models, ...rest }: Config = config
  const plain = [...models.values()].map(({ headers, ...model }) => ({ ...model, headers: Object.keys(headers) }))
  return fingerprint(JSON.stringify([overlayVersion, [...live.keys()], plain, rest], listed))
}

/** JSON knows neither maps nor sets. Models and pools count in their order, capabilities in none. */
function listed(_: string, value: unknown): unknown {
  if (value instanceof Map) return [...value]
  return value instanceof Set ? [...value].sort() : value
}
