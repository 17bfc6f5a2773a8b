import { describe, expect, it } from 'vitest'
import type { Answer } from '../profiling/ask'
import { type Call, callOf } from '../profiling/call'
import type { Journal } from '../profiling/journal'
import { createLedger } from '../profiling/ledger'
import { createRunner } from '../profiling/runner'
import type { World } from '../profiling/world'

const target = { id: 'gpt', name: 'gpt-5.2', price: { input: 0, output: 1_000 }, contextWindow: undefined, reasons: false }
const calls = (count: number, id = 'gpt') =>
  Array.from({ length: count }, (_, index) => callOf({ ...target, id }, `q${index}`, `prompt ${index}`, 0, 0))

const sse = (...chunks: readonly object[]) =>
  new Response([...chunks.map(chunk => `data: ${JSON.stringify(chunk)}\n\n`), 'data: [DONE]\n\n'].join(''))
const said = (content: string, rest: object = {}) =>
  sse(
    { choices: [{ delta: { role: 'assistant', content: '' } }] },
    { choices: [{ delta: { content }, finish_reason: 'stop' }] },
    { choices: [], usage: { prompt_tokens: 5, completion_tokens: 100, ...rest } },
  )
const failed = (status: number, message: string, headers: Record<string, string> = {}) =>
  Response.json({ error: { message } }, { status, headers })

interface Sent {
  readonly model: string
  readonly temperature?: number
  readonly max_tokens?: number
  readonly max_completion_tokens?: number
}

/** A router that answers by script, a journal in memory, and a clock that sleeps at once. */
function setUp(script: (sent: Sent, index: number) => Response | Promise<Response>, limitUsd = 1_000) {
  const sent: Sent[] = []
  const sleeps: number[] = []
  const stop = new AbortController()
  const answers = new Map<string, Answer>()
  let lostUsd = 0
  const world: World = {
    fetch: async (_, init) => {
      if (stop.signal.aborted) throw stop.signal.reason
      const body = JSON.parse(String(init?.body)) as Sent
      sent.push(body)
      return script(body, sent.length)
    },
    nowMs: () => 0,
    date: () => new Date(0),
    random: () => 0.5,
    sleep: async ms => {
      sleeps.push(ms)
    },
    signal: stop.signal,
    print: () => {},
    status: undefined,
  }
  const journal: Journal = {
    path: '',
    answers,
    spentUsd: 0,
    usdByModel: new Map(),
    torn: 0,
    record: async (call: Call, answer) => {
      answers.set(call.key, answer)
    },
    lose: async (_, usd) => {
      lostUsd += usd
    },
    close: async () => '',
  }
  const ledger = createLedger(limitUsd, 0)
  const runner = createRunner({ url: 'http://router', key: undefined }, 1, ledger, journal, world)
  return {
    runner,
    sent,
    sleeps,
    answers,
    ledger,
    stop,
    lost: () => lostUsd,
    run: (all: readonly Call[]) => runner.run(all, () => {}),
  }
}

describe('a run', () => {
  it('asks each question once and books what the usage says', async () => {
    const { run, answers, ledger, sent } = setUp(() => said('Answer: 1'))
    expect(await run(calls(3))).toBe('done')
    expect([...answers.values()].map(({ text }) => text)).toEqual(['Answer: 1', 'Answer: 1', 'Answer: 1'])
    // 100 tokens at $1,000 a million
    expect(ledger.spentUsd).toBeCloseTo(0.3, 9)
    expect(sent).toHaveLength(3)
  })

  it('does not ask what is answered already', async () => {
    const { run, sent } = setUp(() => said('x'))
    await run(calls(2))
    expect(await run(calls(4))).toBe('done')
    expect(sent).toHaveLength(4)
  })

  it('waits longer from try to try, as long as the upstream asks, and counts no wrong answer', async () => {
    const { run, sleeps, answers, runner } = setUp((_, index) =>
      index === 1 ? failed(503, 'busy') : index === 2 ? failed(429, 'slow down', { 'retry-after': '7' }) : said('x'),
    )
    await run(calls(1))
    expect(sleeps).toEqual([1_000, 7_000])
    expect(answers.size).toBe(1)
    expect(runner.tallies.get('gpt')).toMatchObject({ retried: 2, failed: 0 })
  })

  it('leaves a question without an answer after five tries, and a model after three such questions', async () => {
    const { run, sent, runner, answers } = setUp(() => failed(500, 'broken'))
    expect(await run(calls(10))).toBe('done')
    expect(sent).toHaveLength(15)
    expect(answers.size).toBe(0)
    expect(runner.tallies.get('gpt')).toMatchObject({ failed: 10, isGivenUp: true, why: '500: broken' })
  })

  it('does not repeat what will not pass', async () => {
    const { run, sent, sleeps } = setUp(({ model }) => (model === 'bad' ? failed(401, 'key') : said('x')))
    await run([...calls(2, 'bad'), ...calls(2)])
    expect(sent).toHaveLength(4)
    expect(sleeps).toEqual([])
  })

  it('learns that a model takes no temperature, or the newer limit, and says it no more', async () => {
    const { run, sent, answers } = setUp(body =>
      body.temperature !== undefined
        ? failed(400, "'temperature' does not support 0 with this model")
        : body.max_tokens !== undefined
          ? failed(400, 'Use max_completion_tokens instead')
          : said('x'),
    )
    await run(calls(2))
    expect(answers.size).toBe(2)
    expect(sent).toHaveLength(4)
    expect(sent.at(-1)).toMatchObject({ max_completion_tokens: 4_096 })
  })

  it('gives more room, once, to a model whose reasoning left none for the answer', async () => {
    const crowded = () =>
      sse(
        { choices: [{ delta: {}, finish_reason: 'length' }] },
        { choices: [], usage: { prompt_tokens: 5, completion_tokens: 4_096 } },
      )
    const { run, sent, answers, lost } = setUp((_, index) => (index === 1 ? crowded() : said('Answer: 2')))
    await run(calls(1))
    expect(sent.map(({ max_tokens }) => max_tokens)).toEqual([4_096, 16_384])
    expect([...answers.values()].map(({ text }) => text)).toEqual(['Answer: 2'])
    // The first try was paid for
    expect(lost()).toBeCloseTo(4.096, 9)
    const again = setUp(crowded)
    await again.run(calls(1))
    expect(again.sent).toHaveLength(2)
    expect([...again.answers.values()]).toMatchObject([{ text: '', isCut: true }])
  })

  it('takes a provider that filters a question for a model that refuses it', async () => {
    const { run, answers } = setUp((_, index) =>
      index === 1
        ? failed(400, 'The response was filtered by the content policy')
        : index === 2
          ? sse({ choices: [{ delta: { refusal: 'No.' }, finish_reason: 'stop' }] })
          : sse({ choices: [{ delta: { content: 'We' }, finish_reason: 'content_filter' }] }),
    )
    await run(calls(3))
    expect([...answers.values()].map(({ refused }) => refused)).toEqual([true, true, true])
  })

  it('takes a stream that breaks off, or ends in an error, for no answer', async () => {
    const torn = () => new Response('data: {"choices":[{"delta":{"content":"Ans"}}]}\n\n')
    const { run, answers, sent } = setUp((_, index) =>
      index === 1
        ? torn()
        : index === 2
          ? sse({ choices: [{ delta: { content: 'x' } }] }, { error: { message: 'cut' } })
          : said('whole'),
    )
    await run(calls(1))
    expect(sent).toHaveLength(3)
    expect([...answers.values()].map(({ text }) => text)).toEqual(['whole'])
  })

  it('stops before the budget is passed, whatever answers cost', async () => {
    // At most 4,096 tokens, so $4.096 are held for each; 100 are used
    const { run, ledger, sent } = setUp(() => said('x'), 4.5)
    expect(await run(calls(10))).toBe('budget')
    expect(ledger.spentUsd).toBeLessThanOrEqual(4.5)
    expect(sent).toHaveLength(5)
  })

  it('stops when it is told to', async () => {
    const { run, stop, answers } = setUp((_, index) => {
      if (index === 3) {
        stop.abort(new Error('Ctrl-C'))
        throw stop.signal.reason
      }
      return said('x')
    })
    expect(await run(calls(10))).toBe('stopped')
    expect(answers.size).toBe(2)
  })
})
