/**
 * What it costs to describe a request of 500 characters, in workerd. Its clock stands still within a request, so the time is taken outside: a
 * thousand calls a request, less what an empty request takes. No two texts are alike, so that no cache of the processor holds the answer.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { convertV4MiniflareOptions, Miniflare } from 'miniflare'
import { OWN_HELD_OUT, OWN_PROMPTS, type Row } from '../classifier/rows'
import { build } from '../support/build'
import { cpuMs, workerdPid } from './cpu'
import { machine } from './report'

const CHARACTERS = 500
const CALLS = 1_000
const BATCHES = 200
/** Until V8 has compiled what is hot. */
const WARM_UPS = 20
const EMPTY = 50

/** Prompts of one language and topic in a row, from each prompt on. */
function textsOf(rows: readonly Row[]): readonly string[] {
  const alike = [...Map.groupBy(rows, ({ lang, topics }) => `${lang} ${topics.join()}`).values()]
  return alike.flatMap(list => {
    const whole = [...list, ...list].map(({ prompt }) => prompt)
    return list.flatMap((_, first) => {
      const text = whole
        .slice(first, first + list.length)
        .join('\n')
        .slice(0, CHARACTERS)
      return text.length === CHARACTERS ? [text] : []
    })
  })
}

/** Everything that is read of a request, and the estimate of its tokens alone. */
const PARTS = ['all', 'tokens'] as const
type Part = (typeof PARTS)[number]

interface Batch {
  readonly wallMs: number
  readonly cpuMs: number
}

export async function benchDescribe(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'ringroad-describe-'))
  const config = join(folder, 'wrangler.json')
  const main = resolve(import.meta.dirname, 'describe-worker.ts')
  await writeFile(config, JSON.stringify({ name: 'describe', main, compatibility_date: '2026-10-01', keep_names: false }))
  try {
    await build(config, folder)
    const script = await readFile(join(folder, 'describe-worker.js'), 'utf8')
    const miniflare = new Miniflare(
      convertV4MiniflareOptions({
        cf: false,
        workers: [
          {
            name: 'describe',
            modules: true,
            script,
            compatibilityDate: '2026-10-01',
            unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
          },
        ],
      }),
    )
    try {
      await measure((await miniflare.unsafeGetDirectURL('describe')).href)
    } finally {
      await miniflare.dispose()
    }
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measure(url: string): Promise<void> {
  const pid = workerdPid()
  const cpuNow = (): number => (pid === undefined ? Number.NaN : cpuMs(pid))
  const ask = async (calls: number, part: Part = 'all'): Promise<Batch> => {
    const [wall, cpu] = [performance.now(), cpuNow()]
    const response = await fetch(`${url}?calls=${calls}&part=${part}`)
    await response.text()
    if (!response.ok) throw new Error(`${response.status}`)
    return { wallMs: performance.now() - wall, cpuMs: cpuNow() - cpu }
  }
  console.log(machine(Date.now()))
  const texts = spread(textsOf([...OWN_PROMPTS, ...OWN_HELD_OUT]))
  const sets = [
    ['all', texts],
    ['without Chinese', texts.filter(text => !isChinese(text))],
    ['Chinese', texts.filter(isChinese)],
  ] as const
  for (const [name, list] of sets) {
    await (await fetch(url, { method: 'POST', body: JSON.stringify(list) })).text()
    for (let warmUp = 0; warmUp < WARM_UPS; warmUp++) for (const part of PARTS) await ask(CALLS, part)
    const empty: Batch[] = []
    for (let index = 0; index < EMPTY; index++) empty.push(await ask(0))
    const batches: Record<Part, Batch[]> = { all: [], tokens: [] }
    for (let batch = 0; batch < BATCHES; batch++) for (const part of PARTS) batches[part].push(await ask(CALLS, part))
    console.log(`${name}: ${list.length} texts, ${BATCHES} batches of ${CALLS} calls of each in turn, µs a call`)
    for (const part of PARTS) for (const clock of ['wallMs', 'cpuMs'] as const) report(part, clock, batches[part], empty)
  }
}

function report(part: Part, clock: keyof Batch, batches: readonly Batch[], empty: readonly Batch[]): void {
  const base = quantile(
    empty.map(each => each[clock]),
    0.5,
  )
  const perCall = batches.map(each => ((each[clock] - base) * 1_000) / CALLS)
  const at = (share: number): string => quantile(perCall, share).toFixed(1).padStart(6)
  const what = `${part === 'all' ? 'all' : 'of which tokens'}, ${clock === 'wallMs' ? 'wall' : 'CPU'}`
  console.log(`  ${what.padEnd(21)}  p50 ${at(0.5)}  p90 ${at(0.9)}  p99 ${at(0.99)}  least ${at(0)}`)
}

/** Half of what stands there, at least. */
const isChinese = (text: string): boolean => [...text.matchAll(/\p{Script=Han}/gu)].length > text.length / 2

/** Languages and topics in turn, not in blocks: each batch is then of all kinds. The stride shares no factor with most counts. */
function spread(texts: readonly string[]): readonly string[] {
  const stride = 379
  return texts.length % stride === 0 ? texts : texts.map((_, index) => texts[(index * stride) % texts.length] ?? '')
}

function quantile(values: readonly number[], share: number): number {
  const ordered = [...values].sort((one, other) => one - other)
  return ordered[Math.min(ordered.length - 1, Math.floor(share * ordered.length))] ?? Number.NaN
}
