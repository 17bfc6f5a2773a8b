/** What is printed: the machine, and for each scenario every round, the medians and the ratio to the bare Worker. Pure but for the machine's facts. */
import { cpus, loadavg } from 'node:os'
import type { Round } from './measure'
import type { Scenario } from './scenario'
import { VARIANTS, type Variant } from './workers'

export type Rounds = Readonly<Record<Variant, readonly Round[]>>

export function machine(nowMs: number): string {
  const cores = cpus()
  const versions = `Node ${process.versions.node}, ${cores.length} × ${cores[0]?.model ?? 'unknown CPU'}`
  // Others on the machine cost more than they take: caches are shared, and a busy host's stolen time counts as ours
  return `${new Date(nowMs).toISOString().slice(0, 10)}, ${versions}, load average before ${loadavg()[0]?.toFixed(1)}`
}

export function report(scenario: Scenario, rounds: Rounds): string {
  const rates = figures(rounds, round => round.requestsPerSecond)
  const costs = figures(rounds, round => round.cpuMsPerRequest)
  const lines = VARIANTS.flatMap(variant => [
    `  ${variant.padEnd(6)} ${shown(rates[variant], 0)} requests/s`,
    ...(costs[variant].length === 0 ? [] : [`  ${''.padEnd(6)} ${shown(costs[variant], 2)} ms CPU/request`]),
  ])
  const cost = costs.bare.length === 0 ? '' : `, ${ratio(costs).toFixed(2)} × the CPU (+${added(costs).toFixed(2)} ms)`
  return [scenario.name, ...lines, `  router/bare: ${ratio(rates).toFixed(2)} × the requests/s${cost}`].join('\n')
}

/** The slope between two lengths of the same stream, µs of CPU an event; by round. */
export interface EventCosts {
  readonly name: string
  readonly bare: readonly number[]
  readonly router: readonly number[]
}

/** Beside what the same events cost a Worker that only passes them on, and beside the native pair of the same surface. */
export function reportEvents(costs: readonly EventCosts[], nativeOf: (name: string) => string): string {
  const head = '  surface and upstream      bare  router  × native  (every round of the router)'
  const lines = costs.map(({ name, bare, router }) => {
    const native = costs.find(other => other.name === nativeOf(name))
    const share = native === undefined ? Number.NaN : median(router) / median(native.router)
    const rounds = router.map(value => value.toFixed(0)).join(' ')
    return `  ${name.padEnd(24)} ${median(bare).toFixed(0).padStart(5)} ${median(router).toFixed(0).padStart(7)} ${share.toFixed(2).padStart(9)}  (${rounds})`
  })
  return ['µs of CPU an event, from the difference between a long and a short stream', head, ...lines].join('\n')
}

type Figures = Readonly<Record<Variant, readonly number[]>>

function figures(rounds: Rounds, of: (round: Round) => number | undefined): Figures {
  return { bare: rounds.bare.flatMap(round => of(round) ?? []), router: rounds.router.flatMap(round => of(round) ?? []) }
}

const shown = (values: readonly number[], digits: number): string =>
  `${median(values).toFixed(digits).padStart(6)} (${values.map(value => value.toFixed(digits)).join(' ')})`

/** Round by round, and then the median: what disturbs a round disturbs both of its halves. */
const ratio = ({ bare, router }: Figures): number => median(router.map((value, round) => value / (bare[round] ?? Number.NaN)))
const added = ({ bare, router }: Figures): number => median(router.map((value, round) => value - (bare[round] ?? Number.NaN)))

/** NaN of nothing. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}
