import { afterEach, describe, expect, it, vi } from 'vitest'
import { Exchange } from '../../src/durable/exchange'
import { LocalLoad } from '../../src/state/local-load'
import { NO_SUMMARY, type Summary } from '../../src/state/summary'
import { Tracker } from '../../src/state/tracker'

/** A tracker's calls to the one above it: who is called, how often, and what happens when nobody answers. */

interface Call {
  readonly to: string
  readonly from: string
  readonly summary: Summary
}

/** Objects that answer all alike. */
function given(name: string, answer: () => Promise<Response> = async () => Response.json(NO_SUMMARY)) {
  const calls: Call[] = []
  const namespace = {
    idFromName: (to: string) => to,
    get: (to: string) => ({
      fetch: (request: Request) => {
        const [from, summary] = JSON.parse(request.headers.get('do-content') ?? '[]')
        calls.push({ to, from, summary })
        return answer()
      },
    }),
  } as unknown as DurableObjectNamespace
  const tracker = new Tracker()
  const load = new LocalLoad('isolate')
  load.take('m', 10, Date.now())
  tracker.sync(load.report(Date.now()), Date.now())
  return { calls, tracker, exchange: new Exchange(name, namespace, tracker) }
}

afterEach(() => {
  vi.restoreAllMocks()
})

describe('a tracker', () => {
  it.each([
    ['region:weur:3', 'region:weur'],
    ['region:weur', 'fleet'],
  ])('called %s tells %s of its isolates', async (name, above) => {
    const { calls, exchange } = given(name)
    await exchange.inTime()
    expect(calls).toMatchObject([{ to: above, from: name, summary: { isolates: 1, models: { m: { held: [1, 10, 1] } } } }])
  })

  it('at the top tells nobody', () => {
    expect(given('fleet').exchange.inTime()).toBeUndefined()
  })

  it('makes one call for however many reports come meanwhile', async () => {
    const { calls, exchange } = given('region:weur:1')
    await exchange.inTime()
    const [next, ...further] = [exchange.inTime(), exchange.inTime(), exchange.inTime()]
    expect(further).toEqual([undefined, undefined])
    await next
    expect(calls).toHaveLength(2)
  })

  it('that is the only region does not stay awake to say so again', async () => {
    const { calls, tracker, exchange } = given('region:weur')
    const idle = { isolate: 'isolate', turn: 2, leases: {}, batch: 0, learned: {}, decisions: [] }
    tracker.sync(idle, Date.now())
    await exchange.inTime()
    expect(exchange.inTime()).toBeUndefined()
    expect(calls).toHaveLength(1)
  })

  it.each<[string, () => Promise<Response>]>([
    ['is away', () => Promise.reject(new Error('away'))],
    ['answers something else', async () => Response.json({ hello: 'there' })],
  ])('goes on when the one above %s, and says so', async (_, answer) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    const { tracker, exchange } = given('region:weur:1', answer)
    await expect(exchange.inTime()).resolves.toBeUndefined()
    expect(warn.mock.calls.map(([line]) => JSON.parse(String(line)))).toMatchObject([
      { event: 'tracker_away', tracker: 'region:weur' },
    ])
    expect(tracker.state(Date.now()).models.m?.inFlight).toBe(1)
    // And tries again with the next report
    expect(exchange.inTime()).toBeDefined()
  })
})
