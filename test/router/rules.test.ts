import { describe, expect, it } from 'vitest'
import { openaiSurface } from '../../src/provider/openai/surface'
import { attempt } from '../../src/router/attempt'
import type { Decision } from '../../src/router/decide'
import type { Walk } from '../../src/router/fallback'
import { Isolate } from '../../src/router/isolate'
import { rulesOf } from '../../src/router/rules'
import type { ModelSnapshot } from '../../src/state/report'
import { chat } from '../provider/requests'
import { model, situation } from '../strategy/given'
import { decided, modelsNamed, planOf, snapshotOf } from './given'
import { START_MS, settled, VirtualHost, VirtualWorld } from './virtual-world'

const a = model('a')
interface Given {
  readonly decision?: Partial<Decision>
  readonly stream?: boolean
  readonly deadlineMs?: number
  readonly patience?: number
}

function given({ decision, stream = true, deadlineMs = 60_000, patience = 4 }: Given = {}) {
  const world = new VirtualWorld()
  const host = new VirtualHost()
  const isolate = new Isolate('isolate', world.random)
  const plan = planOf({ models: modelsNamed('a', 'b') })
  const rules = rulesOf({
    bound: undefined,
    decision: { ...decided(plan), hedge: true, ...decision },
    features: { ...situation().features, stream, promptTokens: 100 },
    deadlineAtMs: START_MS + deadlineMs,
    patience,
    isolate,
    host,
    world,
  })
  return {
    world,
    host,
    isolate,
    rules,
    know: (of: Partial<ModelSnapshot>, isolates = 1) => host.load.accept(snapshotOf({ a: of }, isolates), world.nowMs),
    knowAll: (models: Readonly<Record<string, Partial<ModelSnapshot>>>) => host.load.accept(snapshotOf(models), world.nowMs),
  }
}

/** What is left in the retry budget: it is used up by asking. */
const retriesLeft = ({ isolate, world }: ReturnType<typeof given>): number => {
  let left = 0
  while (isolate.retries.withdraw(world.nowMs)) left += 1
  return left
}

describe('a walk', () => {
  it('is over at the deadline', async () => {
    const { rules, world } = given({ deadlineMs: 1_000 })
    await world.pass(999)
    expect(rules.isOver()).toBe(false)
    await world.pass(1)
    expect(rules.isOver()).toBe(true)
  })

  it('looks at the load as it is at that moment', async () => {
    const { rules, host, world } = given()
    expect(rules.isEligible(a)).toBe(true)
    const lease = host.load.take('a', 1, world.nowMs)
    lease.settle({ verdict: 'neutral', coolMs: 2_000, cools: '#account:a' }, world.nowMs)
    expect(rules.isEligible(a)).toBe(false)
    await world.pass(2_000)
    expect(rules.isEligible(a)).toBe(true)
  })

  it('in panic takes whom it finds', () => {
    const { rules, host, world } = given({ decision: { panic: true } })
    host.load.take('a', 1, world.nowMs).settle({ verdict: 'failed', coolMs: 2_000 }, world.nowMs)
    expect(rules.isEligible(a)).toBe(true)
  })

  it("takes further attempts out of the isolate's budget, whose floor the fleet shares", () => {
    const alone = given()
    for (let i = 0; i < 10; i++) expect(alone.rules.withdraw()).toBe(true)
    expect(alone.rules.withdraw()).toBe(false)
    const oneOfFive = given()
    oneOfFive.know({}, 5)
    expect([1, 2, 3].map(() => oneOfFive.rules.withdraw())).toEqual([true, true, false])
  })
})

describe('a pause before a repeat', () => {
  it.each([0, 700])('lasts at least the %i ms that the upstream asked for, and 100 ms more at most', async atLeastMs => {
    const { rules, world } = given()
    let over: boolean | undefined
    const paused = rules.pause(0, atLeastMs).then(result => {
      over = result
    })
    await world.pass(Math.max(0, atLeastMs - 1))
    if (atLeastMs > 0) expect(over).toBeUndefined()
    await world.pass(101)
    expect(over).toBe(true)
    expect(world.armed).toBe(0)
    await paused
  })

  it('is paid for by the budget', async () => {
    const setting = given()
    const paused = setting.rules.pause(0, 0)
    await setting.world.pass(100)
    expect(await paused).toBe(true)
    expect(retriesLeft(setting)).toBe(9)
  })

  it('is not made without a budget', async () => {
    const setting = given()
    retriesLeft(setting)
    expect(await setting.rules.pause(0, 0)).toBe(false)
    expect(setting.world.armed).toBe(0)
  })

  it('is not made, and costs nothing, where the deadline comes first', async () => {
    const setting = given({ deadlineMs: 700 })
    expect(await setting.rules.pause(0, 700)).toBe(false)
    expect(setting.world.armed).toBe(0)
    expect(retriesLeft(setting)).toBe(10)
  })

  it('ends in nothing when the client has left meanwhile', async () => {
    const { rules, world, host } = given()
    const paused = rules.pause(0, 500)
    host.leaving.abort()
    await world.pass(600)
    expect(await paused).toBe(false)
  })
})

describe('patience', () => {
  /** When the rules would hedge; undefined: never. */
  async function patienceMs(of: Partial<ModelSnapshot>, setting = given()): Promise<number | undefined> {
    setting.know(of)
    const hedge = setting.rules.hedge(a, () => undefined)
    if (hedge === undefined) return undefined
    let atMs: number | undefined
    hedge.patience(() => {
      atMs = setting.world.nowMs - START_MS
    })
    await setting.world.pass(60_000)
    return atMs
  }

  it.each<[string, Partial<ModelSnapshot>, number | undefined]>([
    // (400 + 0.5 × 100 of its own) × 2
    ['is the 95th percentile for a prompt like this', { baseMs: 400, slopeMsPerToken: 0.5, p95Ratio: 2 }, 900],
    // 0.5 × 600 more, × 2
    ['grows with what waits before it', { baseMs: 400, slopeMsPerToken: 0.5, p95Ratio: 2, waitingTokens: 600 }, 1_500],
    ['is never shorter than jitter', { baseMs: 10, slopeMsPerToken: 0, p95Ratio: 2 }, 50],
    ['is without end while the tail is unknown', { baseMs: 400, slopeMsPerToken: 0.5 }, undefined],
    ['is without end while the line is unknown', { p95Ratio: 2 }, undefined],
  ])('%s', async (_, of, expected) => {
    expect(await patienceMs(of)).toBe(expected)
  })

  it.each<[string, Given]>([
    ['where the route does not ask for hedging', { decision: { hedge: false } }],
    ['for a JSON answer, which has no first token', { stream: false }],
  ])('is without end %s', async (_, asking) => {
    expect(await patienceMs({ baseMs: 400, slopeMsPerToken: 0.5, p95Ratio: 2 }, given(asking))).toBeUndefined()
  })

  it('can be called off, and leaves no timer', () => {
    const { rules, know, world } = given()
    know({ baseMs: 400, p95Ratio: 2 })
    rules.hedge(a, () => undefined)?.patience(() => {})()
    expect(world.armed).toBe(0)
  })
})

describe('a hedge', () => {
  /** Whether the second may be asked, after so many requests. */
  function hedgedAfter(requests: number, setting = given()) {
    setting.know({ baseMs: 400, p95Ratio: 2 })
    for (let i = 0; i < requests; i++) {
      setting.isolate.hedges.deposit(setting.world.nowMs)
      setting.isolate.retries.deposit(setting.world.nowMs)
    }
    const second: Parameters<Walk['hedge']>[1] = mayAsk => (mayAsk() ? model('b') : undefined)
    return { setting, ask: () => setting.rules.hedge(a, second)?.second()?.id }
  }

  it('must be earned by 34 requests, since 3 % of 33 is not a whole one', () => {
    expect(hedgedAfter(33).ask()).toBeUndefined()
    const { ask } = hedgedAfter(34)
    expect([ask(), ask()]).toEqual(['b', undefined])
  })

  it('never exceeds 3 % of the traffic', () => {
    const { ask } = hedgedAfter(1_000)
    const made = Array.from({ length: 1_000 }, ask).filter(id => id !== undefined)
    expect(made).toHaveLength(30)
  })

  it('counts as a retry as well, and is not made where those are used up', () => {
    const { ask, setting } = hedgedAfter(40)
    expect(ask()).toBe('b')
    // 40 × 0.2 + 10, less this one
    expect(retriesLeft(setting)).toBe(17)
  })

  it('that the retry budget refuses is not charged to the hedges', () => {
    const { ask, setting } = hedgedAfter(40)
    retriesLeft(setting)
    expect(ask()).toBeUndefined()
    expect(setting.isolate.hedges.withdraw(setting.world.nowMs)).toBe(true)
  })

  it('costs nothing where nobody is left to hedge with', () => {
    const { setting } = hedgedAfter(40)
    expect(setting.rules.hedge(a, () => undefined)?.second()).toBeUndefined()
    expect(setting.isolate.hedges.withdraw(setting.world.nowMs)).toBe(true)
    expect(retriesLeft(setting)).toBe(18)
  })
})

describe('patience with a first attempt', () => {
  const [b, quick, slow] = [model('b'), { baseMs: 300 }, { baseMs: 400, slopeMsPerToken: 0.5, waitingTokens: 0 }]
  /** Whether it is over after so long, with b there to be asked instead. */
  const isOver = (setting: ReturnType<typeof given>, waitedMs: number) =>
    setting.rules.patience(a, may => may(b))?.isOver(waitedMs)

  it('is four times what was expected when it was sent, whatever comes after', () => {
    const setting = given({ decision: { hedge: false } })
    setting.knowAll({ a: slow, b: quick })
    // 4 × (400 + 0.5 × 100 of its own)
    const patience = setting.rules.patience(a, may => may(b))
    setting.knowAll({ a: { ...slow, waitingTokens: 10_000 }, b: quick })
    expect(patience?.everyMs).toBe(1_800)
  })

  it('goes by the relation that the strategy has seen for each', () => {
    const ranking = [a, b].map((each, score) => ({
      model: each,
      score,
      relation: each === a ? ('home' as const) : ('away' as const),
    }))
    const setting = given({ decision: { hedge: false, ranking } })
    const cached = { first: 0, home: 0.8, away: 0 }
    setting.knowAll({ a: { ...slow, baseMs: 990, cached }, b: { baseMs: 499, slopeMsPerToken: 0.05, cached } })
    // 4 × (990 + 0.5 × 20)
    expect(setting.rules.patience(a, () => true)?.everyMs).toBe(4_000)
    // 499 + 0.05 × 100
    expect([1_007, 1_009].map(waitedMs => isOver(setting, waitedMs))).toEqual([false, true])
  })

  it('is over by the view of that moment, and takes one attempt out of the retry budget', () => {
    const setting = given({ decision: { hedge: false } })
    setting.knowAll({ a: slow, b: slow })
    const patience = setting.rules.patience(a, may => may(b))
    expect(patience?.isOver(800)).toBe(false)
    expect(retriesLeft(setting)).toBe(10)
    const other = given({ decision: { hedge: false } })
    other.knowAll({ a: slow, b: slow })
    const same = other.rules.patience(a, may => may(b))
    other.knowAll({ a: slow, b: quick })
    expect(same?.isOver(800)).toBe(true)
    expect(retriesLeft(other)).toBe(9)
  })

  it('is not over where the budget is empty, or nobody is there to judge whether the model is stuck or busy', async () => {
    const setting = given({ decision: { hedge: false } })
    setting.knowAll({ a: slow, b: quick })
    retriesLeft(setting)
    expect(isOver(setting, 60_000)).toBe(false)
    const unseen = given({ decision: { hedge: false } })
    unseen.knowAll({ a: slow, b: quick })
    expect(isOver(unseen, 60_000)).toBe(true)
    await unseen.world.pass(120_000)
    expect(unseen.host.load.view(unseen.world.nowMs)).toBeUndefined()
    expect(isOver(unseen, 60_000)).toBe(false)
  })

  it.each<[string, Given]>([
    ['where the route hedges', { decision: { hedge: true } }],
    ['in panic, where nobody else is sound', { decision: { hedge: false, panic: true } }],
    ['for a JSON answer, which has no first token', { decision: { hedge: false }, stream: false }],
    ['where the operator wants none', { decision: { hedge: false }, patience: 0 }],
  ])('is none %s', (_, asking) => {
    const setting = given(asking)
    setting.knowAll({ a: slow, b: quick })
    expect(setting.rules.patience(a, () => true)).toBeUndefined()
  })

  it('is none where nothing is known of the times', () => {
    expect(given({ decision: { hedge: false } }).rules.patience(a, () => true)).toBeUndefined()
  })
})

describe('an attempt that is outpaced', () => {
  it('stops its upstream once, leaves no lease and no timer, and counts as slow and not as failed', async () => {
    const world = new VirtualWorld()
    const host = new VirtualHost()
    let aborted = 0
    world.fetch = (_, init) =>
      new Promise((_resolve, reject) => {
        init.signal?.addEventListener('abort', () => {
          aborted += 1
          reject(new Error('stopped'))
        })
      })
    const outpaced = new AbortController()
    const limits = {
      attempts: 3,
      firstTokenMs: 20_000,
      patience: 4,
      idleMs: 30_000,
      totalMs: 60_000,
      keepAliveMs: 0,
      bodyBytes: 1_000,
    }
    const result = attempt(
      {
        chat: chat({ stream: true }),
        surface: openaiSurface,
        answer: { id: 'id', createdSeconds: 0, model: 'a' },
        promptTokens: 100,
        limits,
        deadline: { atMs: START_MS + 60_000, limit: 'total' },
      },
      a,
      outpaced.signal,
      host,
      world,
    )
    await world.pass(900)
    expect(host.load.inFlight).toBe(1)
    outpaced.abort()
    expect(await result).toEqual({ ok: false, failure: { kind: 'outpaced' } })
    await settled()
    expect(aborted).toBe(1)
    expect(host.load.inFlight).toBe(0)
    expect(world.armed).toBe(0)
    expect(host.load.report(world.nowMs).learned.a).toMatchObject({ succeeded: 0, failed: 0, censored: [100, 900], coolMs: 0 })
  })
})
