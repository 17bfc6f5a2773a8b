/**
 * How much one load tracker takes, the real object in workerd:
 *
 *     npm run load -- [--isolates 10,100,1000] [--models 3,8,50,300] [--seconds 2] [--rounds 4] [--seed 1] [--against BUNDLE] [--pace flat-out,asked,sharded]
 *     npm run load -- --pace central [--wanted 0,100,300,1000] [--isolates …] [--models …] [--seconds …] [--seed …] [--against …]
 *
 * Flat out, so many calls at a time as keep the object busy: what a sync costs. As asked, every isolate at the interval that the object names: how old what it
 * knows is. Sharded: the same with the isolates in four shards. Central: as asked, and of all isolates together so many requests a second want the object to
 * choose for them (`decide: 'central'`) as `--wanted` says, in a run for each number. `--against` is the bundle of another version; variants take turns, and
 * their order turns round every round; figures are medians over the rounds, of which flat out alone has several.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { workerdPid } from '../bench/cpu'
import { machine } from '../bench/report'
import { heapBytes } from '../soak/heap'
import { residentBytes } from '../soak/memory'
import { build } from '../support/build'
import { type AskFigures, measureAsking } from './asking'
import { type Figures, type Fleet, measure, middle, type Pace } from './measure'
import { askTableOf, tableOf } from './table'
import { FLOOR, startWorkers } from './workers'

const { values } = parseArgs({
  options: {
    isolates: { type: 'string', default: '10,100,1000' },
    models: { type: 'string', default: '3,8,50,300' },
    seconds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    against: { type: 'string' },
    pace: { type: 'string', default: 'flat-out,asked,sharded' },
    wanted: { type: 'string', default: '0,100,300,1000' },
  },
})
const numbers = (text: string) => text.split(',').map(Number)
const forMs = Number(values.seconds) * 1_000
const seed = Number(values.seed)
const rounds = Number(values.rounds)
let objects = 0
/** As many as keep one object busy and do not queue for long. */
const CALLERS = 8

const folder = await mkdtemp(join(tmpdir(), 'ringroad-load-'))
try {
  await build('wrangler.toml', folder)
  const bundle = join(folder, 'index.js')
  const bundles = values.against === undefined ? { router: bundle } : { other: values.against, router: bundle }
  const workers = await startWorkers(bundles)
  try {
    const workerd = workerdPid()
    const bench = { workers, workerd }
    console.log(`${machine(Date.now())}; seed ${seed}`)
    const isWanted = (pace: string) => values.pace.split(',').includes(pace)
    const fleets = numbers(values.models).flatMap(models =>
      numbers(values.isolates).map(isolates => ({ isolates, models, seed })),
    )
    const variants = Object.keys(bundles)
    /** Each fleet's rows, one a variant. */
    const run = async (fleet: Omit<Fleet, 'variant'>, names: readonly string[], pace: Pace): Promise<Figures[]> => {
      const figures = new Map<string, Figures[]>(names.map(name => [name, []]))
      for (let round = 0; round < rounds; round++)
        for (const variant of round % 2 === 0 ? names : names.toReversed())
          figures.get(variant)?.push(await measure(bench, { ...fleet, variant }, pace, objectOf(fleet, round)))
      return [...figures.values()].map(middle)
    }
    if (isWanted('flat-out')) {
      const [smallest] = fleets
      if (smallest === undefined) throw new Error('no fleet')
      const pace = { forMs, flatOut: CALLERS }
      const [floor, ...rows] = await run(smallest, [FLOOR, ...variants], pace)
      for (const fleet of fleets.slice(1)) rows.push(...(await run(fleet, variants, pace)))
      console.log(
        `\nFlat out, ${CALLERS} calls at a time\n\n${tableOf([...(floor === undefined ? [] : [floor]), ...rows], floor)}`,
      )
    }
    for (const [pace, shards] of [
      ['asked', 1],
      ['sharded', 4],
    ] as const) {
      if (!isWanted(pace)) continue
      const rows: Figures[] = []
      for (const fleet of fleets)
        for (const variant of variants)
          rows.push(await measure(bench, { ...fleet, variant }, { forMs, shards }, objectOf(fleet, shards)))
      console.log(`\nAs asked, ${shards} ${shards === 1 ? 'tracker' : 'shards'}\n\n${tableOf(rows)}`)
    }
    if (isWanted('central')) {
      const rows: AskFigures[] = []
      for (const fleet of fleets)
        for (const wantedPerSecond of numbers(values.wanted))
          for (const variant of variants)
            rows.push(
              await measureAsking(workers, { ...fleet, variant }, { forMs, wantedPerSecond }, objectOf(fleet, wantedPerSecond)),
            )
      console.log(`\nAs asked, and some requests want the object to choose\n\n${askTableOf(rows)}`)
    }
    const inspector = await workers.inspector()
    for (const variant of Object.keys(bundles))
      console.log(`\n${variant} holds ${mebibytes(await heapBytes(inspector, variant))} MiB in all of its objects`)
    const resident = workerd === undefined ? undefined : residentBytes(workerd)
    if (resident !== undefined) console.log(`workerd, resident: ${mebibytes(resident)} MiB`)
  } finally {
    await workers.stop()
  }
} finally {
  await rm(folder, { recursive: true })
}

/** An object of its own for every run: isolates of earlier ones must not count. */
function objectOf({ isolates, models }: Omit<Fleet, 'variant'>, run: number): string {
  return `region:load-${models}-${isolates}-${run}-${++objects}`
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 ** 2).toFixed(1)
}
