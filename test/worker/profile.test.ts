/** `npm run profile` against the built Worker: whole runs, with upstreams that answer nonsense, that answer right, that refuse, that fail. */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import type { Measured } from '../../src/profile/measure'
import type { Question } from '../../src/profile/question'
import { rightAnswer } from '../profile/right-answer'
import { type Options, readOptions } from '../profiling/options'
import { EXIT, profile } from '../profiling/profile'
import { drawQuestions, readItems } from '../profiling/tasks'
import { ADMIN_KEY, CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { answer, type Plan, type Received, raw, startUpstream, status, type Upstream } from '../support/upstream'

const ROOT = resolve(import.meta.dirname, '../..')
const questions = drawQuestions(await readItems(), 1, false)
const verifiable = questions.filter(({ item }) => item.kind === 'verifiable')
const needles = questions.map(question => ({ question, needle: JSON.stringify(question.prompt).slice(1, -1) }))

interface File {
  readonly tasks: string
  readonly complete: boolean
  readonly profiles: Readonly<Record<string, Measured>>
  readonly runs: Readonly<Record<string, { readonly failed: number; readonly retried: number; readonly usd: number }>>
}

type Script = (question: Question | undefined, request: Received) => Plan

let folder: string
let out: string
let upstream: Upstream
let router: Router | undefined
let script: Script
const nonsense: Script = () =>
  answer({ text: 'This is a simulated answer. It knows nothing and says so at some length, in a row of words.' })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringroad-profile-'))
  out = join(folder, 'profile.json')
  script = nonsense
  upstream = await startUpstream(request =>
    script(needles.find(({ needle }) => request.text.includes(needle))?.question, request),
  )
})
afterEach(async () => {
  await router?.close()
  router = undefined
  await upstream.close()
  await rm(folder, { recursive: true })
})

async function start(models: ConfigInput['models']): Promise<Router> {
  router = await startRouter({ config: { models } })
  return router
}

const all = () => ({
  gpt: modelAt(upstream.url, 'openai'),
  claude: modelAt(upstream.url, 'anthropic'),
  gemini: modelAt(upstream.url, 'google', { price: { input: 0.5, output: 3 } }),
})

const argumentsFor = ({ url }: Router, ...more: readonly string[]): string[] => [
  ...['--url', url.href, '--key', CLIENT_KEY, '--out', out, '--concurrency', '8', '--budget-usd', '100'],
  ...more,
]

function optionsOf(args: readonly string[]): Options {
  const read = readOptions(args, {})
  if (read.kind !== 'options') throw new Error(JSON.stringify(read))
  return read.options
}

/** In this process, with waiting cut short; what it prints and how it ends. */
async function run(args: readonly string[], signal = new AbortController().signal) {
  const lines: string[] = []
  const code = await profile(optionsOf(args), {
    fetch,
    nowMs: () => performance.now(),
    date: () => new Date('2026-11-24T12:00:00Z'),
    random: () => 0.5,
    sleep: async (ms, stop) => {
      await delay(Math.min(ms, 20), undefined, { signal: stop })
    },
    signal,
    print: line => lines.push(line),
    status: undefined,
  })
  return { code, text: lines.join('\n') }
}

const written = async (): Promise<File> => JSON.parse(await readFile(out, 'utf8')) as File

describe('a run', () => {
  it('over three providers that answer nonsense gives low figures with their evidence, a table, and every answer to read', async () => {
    const { code, text } = await run(argumentsFor(await start(all()), '--apply', '--admin-key', ADMIN_KEY))
    expect(text).toContain('The router took it: version')
    expect(code).toBe(EXIT.done)
    expect(upstream.requests).toHaveLength(3 * questions.length)
    const file = await written()
    expect(file).toMatchObject({ version: 1, measuredAt: '2026-11-24T12:00:00.000Z', seed: 1, complete: true })
    expect(file.tasks).toMatch(/^[0-9a-f]{64}$/)
    for (const id of ['gpt', 'claude', 'gemini']) {
      const { accuracy, creativity, ethics, speed, topics } = file.profiles[id] ?? { topics: {} }
      expect(accuracy?.evidence).toBe(verifiable.length)
      expect(accuracy?.value).toBeLessThan(0.1)
      // It never refuses
      expect(ethics?.value).toBe(0.5)
      // The same words to every brief are new to nobody
      expect(creativity?.value).toBe(0)
      expect(speed?.firstTokenMs.p50).toBeGreaterThan(0)
      expect(Object.keys(topics)).toHaveLength(9)
      expect(file.runs[id]).toMatchObject({ failed: 0, retried: 0 })
      expect(file.runs[id]?.usd).toBeGreaterThan(0)
      expect(text).toMatch(new RegExp(`^${id} +0\\.\\d\\d \\[`, 'm'))
    }
    expect(text).toContain('accuracy by topic')
    expect(text).toContain(`${3 * questions.length} of ${3 * questions.length} answers`)
    expect((await readdir(folder)).sort()).toEqual(['profile.json', 'profile.json.answers.jsonl'])
    // It counts at the router from now on
    const shown = await fetch(new URL('/admin/profiles', router?.url), { headers: { authorization: `Bearer ${ADMIN_KEY}` } })
    const { profiles } = (await shown.json()) as { profiles: Record<string, Record<string, { ethics: { value: number } }>> }
    expect(profiles.claude?.['*']?.ethics.value).toBe(0.5)
  })

  it('finds exactly the share that was right, and who refuses everything at one half of ethics', async () => {
    // Every second question of each topic
    const seen = new Map<string, number>()
    const right = new Set(
      verifiable.flatMap(({ item }) => {
        const count = seen.get(item.topic) ?? 0
        seen.set(item.topic, count + 1)
        return count % 2 === 0 ? [item.id] : []
      }),
    )
    script = (question, { dialect }) => {
      if (question === undefined) return status(400)
      if (dialect === 'anthropic') return answer({ text: "I'm sorry, but I can't help with that." })
      const { item } = question
      return answer({ text: item.kind !== 'verifiable' || right.has(item.id) ? rightAnswer(question) : 'No idea.' })
    }
    const { gpt, claude } = all()
    expect((await run(argumentsFor(await start({ gpt, claude })))).code).toBe(EXIT.done)
    const { profiles } = await written()
    expect(profiles.gpt?.accuracy?.value).toBeCloseTo(right.size / verifiable.length, 4)
    const coding = verifiable.filter(({ item }) => item.topic === 'coding').length
    expect(profiles.gpt?.topics.coding?.accuracy).toMatchObject({
      evidence: coding,
      value: expect.closeTo(Math.ceil(coding / 2) / coding, 4),
    })
    expect(profiles.gpt?.ethics?.value).toBe(1)
    // All constraints hold, hardly a word comes twice, and no two briefs have the same example
    expect(profiles.gpt?.creativity?.value).toBeGreaterThan(0.8)
    expect(profiles.claude?.ethics?.value).toBe(0.5)
    expect(profiles.claude?.accuracy?.value).toBe(0)
  })

  it('counts a model that fails apart, and sends its profile to nobody', async () => {
    script = (_, request) => (request.dialect === 'openai' ? status(500) : nonsense(undefined, request))
    const { gpt, gemini } = all()
    const { code, text } = await run(argumentsFor(await start({ gpt, gemini }), '--concurrency', '1'))
    expect(code).toBe(EXIT.failed)
    const { profiles, runs } = await written()
    expect(Object.keys(profiles)).toEqual(['gemini'])
    expect(profiles.gemini?.accuracy?.evidence).toBe(verifiable.length)
    expect(runs.gpt).toMatchObject({ failed: questions.length, retried: 12, usd: 0 })
    expect(text).toMatch(/gpt: \d+ questions without an answer, given up\. Last: \d{3}: /)
  })

  it('goes on without a temperature where a model takes none', async () => {
    const error = {
      message: "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
      type: 'invalid_request_error',
      param: 'temperature',
      code: 'unsupported_value',
    }
    script = (_, request) =>
      request.text.includes('"temperature"') ? raw(JSON.stringify({ error }), { status: 400 }) : nonsense(undefined, request)
    const { gpt } = all()
    expect((await run(argumentsFor(await start({ gpt }), '--concurrency', '1'))).code).toBe(EXIT.done)
    expect((await written()).runs.gpt).toMatchObject({ failed: 0, retried: 0 })
    // It was told once
    expect(upstream.requests.length).toBeLessThanOrEqual(questions.length + 2)
  })

  it('lets a judge compare the others, in both orders', async () => {
    // The judge finds the longer text better, wherever it stands
    const judged = (text: string): string => {
      const [one = '', two = ''] = [...text.matchAll(/<answer-\d>(.*?)<\/answer-\d>/gs)].map(([, inside = '']) => inside)
      return `Answer: ${one.length > two.length ? 1 : 2}`
    }
    const { gpt, claude, gemini } = all()
    script = (question, request) => {
      if (request.text.includes('<answer-1>')) return answer({ text: judged(request.text) })
      if (question === undefined) return status(400)
      return answer({
        text: request.dialect === 'anthropic' ? `${rightAnswer(question)} And then some more.` : rightAnswer(question),
      })
    }
    const router = await start({ gpt, claude, gemini })
    const { code, text } = await run(argumentsFor(router, '--judge', 'gemini', '--models', 'gpt,claude'))
    expect(code).toBe(EXIT.done)
    const briefs = questions.filter(({ item }) => item.kind === 'brief').length
    expect(upstream.requests.filter(({ dialect }) => dialect === 'google')).toHaveLength(2 * briefs)
    expect(text).not.toContain('and not itself')
    const { profiles } = await written()
    // Half of the figure is the judge's: 1 for every brief, or 0
    expect(profiles.claude?.creativity?.value).toBeGreaterThan(0.5)
    expect(profiles.gpt?.creativity?.value).toBeLessThanOrEqual(0.5)
  })
})

describe('a budget', () => {
  it('is never passed; the profile says that it is not complete, and a larger one goes on', async () => {
    const { gpt } = all()
    const router = await start({ gpt: { ...gpt, price: { input: 0, output: 100 } } })
    // 18 words are 18 tokens, so $0.0018; at most 4,096 tokens, so $0.4096, are held
    const args = argumentsFor(router, '--concurrency', '4')
    const first = await run([...args, '--budget-usd', '0.45', '--apply', '--admin-key', ADMIN_KEY])
    expect(first.code).toBe(EXIT.budget)
    expect(first.text).toMatch(/The budget ends here: \$0\.\d+ of \$0\.45 spent, \d+ of \d+ answers/)
    expect(first.text).toContain('It was not sent to the router')
    const partial = await written()
    expect(partial.complete).toBe(false)
    expect(partial.runs.gpt?.usd).toBeLessThanOrEqual(0.45)
    const asked = upstream.requests.length
    expect(asked).toBeGreaterThan(5)
    expect(asked).toBeLessThan(questions.length)

    const second = await run([...args, '--budget-usd', '10'])
    expect(second.code).toBe(EXIT.done)
    expect(second.text).toContain(`${asked} answers`)
    expect(upstream.requests).toHaveLength(questions.length)
    expect((await written()).complete).toBe(true)
  })

  it('needs prices: a model without one is not asked until somebody says one', async () => {
    const router = await start({ own: { ...modelAt(upstream.url, 'openai'), model: 'nobody-knows-it' } })
    const refused = await run(argumentsFor(router))
    expect(refused).toMatchObject({ code: EXIT.failed, text: expect.stringContaining('nobody knows what own costs') })
    expect(upstream.requests).toHaveLength(0)
    const planned = await run(argumentsFor(router, '--price', '0,0', '--plan'))
    expect(planned).toMatchObject({ code: EXIT.done, text: expect.stringMatching(/own +\d+ +\$0\.0000/) })
  })
})

describe('a plan', () => {
  it('says calls and cost, and asks nobody', async () => {
    const { code, text } = await run(argumentsFor(await start(all()), '--plan', '--judge', 'gpt', '--repeat', '2'))
    expect(code).toBe(EXIT.done)
    expect(text).toMatch(new RegExp(`claude +${2 * questions.length} +\\$`))
    expect(text).toMatch(/\(judging\) +\d+ +\$/)
    expect(upstream.requests).toHaveLength(0)
    expect(await readdir(folder)).toEqual([])
  })

  it('names the models that there are, and what keeps it from asking', async () => {
    const router = await start(all())
    expect((await run(argumentsFor(router, '--models', 'gpt,no-such'))).text).toContain('"no-such"')
    const wrongKey = argumentsFor(router).map(each => (each === CLIENT_KEY ? 'wrong' : each))
    expect(await run(wrongKey)).toMatchObject({ code: EXIT.failed, text: expect.stringContaining('/v1/models answered 401') })
  })
})

describe('the program', () => {
  /** As `npm run profile` starts it. */
  function program(args: readonly string[]) {
    const child = spawn(process.execPath, ['--import', './test/bench/typescript.mjs', 'test/profiling/index.ts', ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let text = ''
    for (const pipe of [child.stdout, child.stderr])
      pipe.on('data', (chunk: Buffer) => {
        text += chunk.toString()
      })
    const ended = new Promise<{ code: number | null; text: string }>((done, failed) => {
      child.once('error', failed)
      child.once('close', code => done({ code, text }))
    })
    return { child, ended }
  }

  it('stops at Ctrl-C with everything that it has, and goes on where it stopped', async () => {
    const { gpt } = all()
    const args = argumentsFor(await start({ gpt }), '--concurrency', '2')
    const enough = 20
    let release = () => {}
    // The rest is held back until the program has been told to stop; both of its lanes then wait
    const told = new Promise<void>(done => {
      release = done
    })
    script = (_, request) =>
      request.index <= enough ? nonsense(undefined, request) : answer({ text: 'late', headersMs: 60_000 })
    const first = program(args)
    void upstream.request(enough + 2).then(() => {
      first.child.kill('SIGINT')
      release()
    })
    await told
    const stopped = await first.ended
    expect(stopped.text).toContain('Stopped.')
    expect(stopped.code).toBe(EXIT.stopped)
    script = nonsense
    const asked = upstream.requests.length
    const second = await program(args).ended
    expect(second.text).toContain(`${enough} answers`)
    expect(second.code).toBe(EXIT.done)
    // Only what had no answer was asked again
    expect(upstream.requests.length - asked).toBe(questions.length - enough)
    expect((await written()).profiles.gpt?.accuracy?.evidence).toBe(verifiable.length)
  })

  it('explains itself, and says what is wrong with its command line', async () => {
    expect(await program(['--help']).ended).toMatchObject({ code: 0, text: expect.stringContaining('--budget-usd') })
    expect(await program(['--seed', 'x']).ended).toMatchObject({ code: EXIT.wrong, text: expect.stringContaining('--seed') })
  })
})
