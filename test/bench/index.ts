/**
 * `npm run bench`: what the router costs beside a Worker that only passes on. `npm run bench -- events`: what an event of a stream costs, by surface
 * and upstream. `npm run bench -- ring`: the hash ring, see ring/index.ts. `npm run bench -- describe`: reading a prompt, see describe.ts. The first two are rough, below a minute, for ratios and not for absolutes: load,
 * upstream and workerd share the machine. The router's figures include its load tracker, which in production runs elsewhere.
 *
 * Variants alternate in one workerd, and their order turns round every round, so that a machine that slows down or warms up
 * does not favour either.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../support/build'
import { start } from './child'
import { workerdPid } from './cpu'
import { benchDescribe } from './describe'
import { type Bench, CALLERS, measure, probe, type Round } from './measure'
import { type EventCosts, machine, report, reportEvents } from './report'
import { benchRing } from './ring'
import { EVENT_SCENARIOS, SCENARIOS, type Scenario } from './scenario'
import { startWorkers, VARIANTS, type Variant } from './workers'

/** Even, so that each order comes equally often. */
const ROUNDS = 6
const ROUND_MS = 350
/** No further round begins after so long: on a machine that is busy with other things there are fewer. */
const BUDGET_MS = 50_000
/** Events of several pairs and lengths take their time, and a figure that is a difference wants every round. */
const EVENTS_BUDGET_MS = 150_000
/** A paced stream takes about as long itself, so one request a caller makes a round. */
const PACED_ROUND_MS = 1
/** Until V8 has compiled what is hot, and connections are open: so many uncounted rounds. */
const WARM_UPS = 1

const roundMs = ({ gapMs }: Scenario): number => (gapMs === 0 ? ROUND_MS : PACED_ROUND_MS)

interface Run {
  readonly scenario: Scenario
  readonly bytes: Readonly<Record<Variant, number>>
  readonly rounds: Readonly<Record<Variant, Round[]>>
}

async function prepare(bench: Bench, scenario: Scenario): Promise<Run> {
  const bytes = { bare: await probe(bench, scenario, 'bare'), router: await probe(bench, scenario, 'router') }
  for (let warmUp = 0; warmUp < WARM_UPS; warmUp += 1)
    for (const variant of VARIANTS) await measure(bench, scenario, variant, bytes[variant], roundMs(scenario))
  return { scenario, bytes, rounds: { bare: [], router: [] } }
}

async function runAll(bench: Bench, scenarios: readonly Scenario[], budgetMs: number): Promise<readonly Run[]> {
  const runs: Run[] = []
  for (const scenario of scenarios) runs.push(await prepare(bench, scenario))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { scenario, bytes, rounds } of runs) {
      // Since the process began; the first two rounds are made in any case
      if (round >= 2 && performance.now() > budgetMs) continue
      for (const variant of round % 2 === 0 ? VARIANTS : VARIANTS.toReversed())
        rounds[variant].push(await measure(bench, scenario, variant, bytes[variant], roundMs(scenario)))
    }
  }
  return runs
}

/** Round by round: the long stream's cost less the short one's, by the events between them. */
function eventCosts(runs: readonly Run[]): readonly EventCosts[] {
  return EVENT_SCENARIOS.map(({ name, short, long }) => {
    const [less, more] = [short, long].map(scenario => runs.find(run => run.scenario === scenario)?.rounds)
    const costs = (variant: Variant) =>
      (more?.[variant] ?? []).flatMap((round, index) => {
        const [high, low] = [round.cpuMsPerRequest, less?.[variant][index]?.cpuMsPerRequest]
        return high === undefined || low === undefined ? [] : [((high - low) / (long.chunks - short.chunks)) * 1_000]
      })
    return { name, bare: costs('bare'), router: costs('router') }
  })
}

/** Chat Completions are OpenAI's, Messages Anthropic's. */
const nativeOf = (name: string): string => (name.startsWith('chat') ? 'chat from openai' : 'messages from anthropic')

async function benchWorkers(measuresEvents: boolean): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ringroad-bench-'))
  const { child: upstream, greeting } = await start('upstream')
  const { child: load } = await start('load')
  try {
    await build('wrangler.toml', folder)
    const workers = await startWorkers(join(folder, 'index.js'), `http://127.0.0.1:${greeting.port}`)
    try {
      console.log(`${machine(Date.now())}; no seed: nothing is random but the router's own choices`)
      console.log(`${CALLERS} callers, at most ${ROUNDS} rounds of ${ROUND_MS} ms or one stream each: median (every round)\n`)
      const scenarios = measuresEvents ? EVENT_SCENARIOS.flatMap(({ short, long }) => [short, long]) : SCENARIOS
      const runs = await runAll(
        { workers, load, upstream, workerd: workerdPid() },
        scenarios,
        measuresEvents ? EVENTS_BUDGET_MS : BUDGET_MS,
      )
      if (measuresEvents) console.log(reportEvents(eventCosts(runs), nativeOf))
      else console.log(runs.map(({ scenario, rounds }) => report(scenario, rounds)).join('\n\n'))
    } finally {
      await workers.stop()
    }
  } finally {
    load.close()
    upstream.close()
    await rm(folder, { recursive: true })
  }
}

const part = process.argv[2]
if (part === 'ring') await benchRing()
else if (part === 'describe') await benchDescribe()
else await benchWorkers(part === 'events')
