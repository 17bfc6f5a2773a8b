/** What is printed: the machine, and for each scenario every round, the medians and what the router adds. Pure but for the machine's facts. */
import { cpus } from 'node:os'
import type { Round } from './measure'
import type { Scenario } from './scenario'
import { VARIANTS, type Variant } from './workers'

export type Rounds = Readonly<Record<Variant, readonly Round[]>>

export function machine(nowMs: number): string {
  const cores = cpus()
  return `${new Date(nowMs).toISOString().slice(0, 10)}, Node ${process.versions.node}, ${cores.length} × ${cores[0]?.model ?? 'unknown CPU'}`
}

export function report(scenario: Scenario, rounds: Rounds): string {
  const rates = (variant: Variant) => rounds[variant].map(round => round.requestsPerSecond)
  const costs = (variant: Variant) => rounds[variant].flatMap(round => round.cpuMsPerRequest ?? [])
  const lines = VARIANTS.map(variant => {
    const rate = `${median(rates(variant)).toFixed(0).padStart(6)} requests/s (${rates(variant)
      .map(value => value.toFixed(0))
      .join(' ')})`
    const cost = `${median(costs(variant)).toFixed(2).padStart(6)} ms CPU/request (${costs(variant)
      .map(value => value.toFixed(2))
      .join(' ')})`
    return `  ${variant.padEnd(6)} ${rate}${costs(variant).length === 0 ? '' : `\n         ${cost}`}`
  })
  const rate = median(rates('router')) / median(rates('bare'))
  const added = median(costs('router')) - median(costs('bare'))
  const cost = `, ${(median(costs('router')) / median(costs('bare'))).toFixed(2)} × the CPU (+${added.toFixed(2)} ms)`
  return [
    scenario.name,
    ...lines,
    `  router/bare: ${rate.toFixed(2)} × the requests/s${costs('bare').length === 0 ? '' : cost}`,
  ].join('\n')
}

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}
