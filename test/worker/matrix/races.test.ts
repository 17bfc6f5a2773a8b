/**
 * Two things at the same moment: a first token and the limit that it was to beat, a first token and its client's leaving. Rare where an isolate has nothing
 * else to do; but while it reads a prompt of some megabytes it sees nothing, and afterwards everything at once. So here it is kept busy at that
 * moment. Whatever comes first, the client has an end, and so has the lease.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROVIDER_NAMES } from '../../providers/provider'
import { sendRaw } from '../../support/raw-client'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../../support/router'
import { answer, startUpstream, type Upstream } from '../../support/upstream'
import { sightOf } from './sight'

/** The limit to be met. */
const FIRST_TOKEN_MS = 200
/** When the isolate becomes busy, for a hundred milliseconds or two: a round each, as how long that takes depends on the machine. */
const BUSY_AT_MS = [50, 90, 110, 130, 150, 170] as const
/** Side by side, their first tokens spread over the time before the limit. */
const TIMES = 30
const EARLIEST_MS = 100
/** Far beyond every limit. */
const HANGS_MS = 5_000

let upstream: Upstream
let router: Router
const firstMsOf = (index: number): number => EARLIEST_MS + ((FIRST_TOKEN_MS - EARLIEST_MS) * index) / TIMES
const indexes = Array.from({ length: TIMES }, (_, index) => index)

const BUSY = 'busy'
const LARGE = JSON.stringify({
  model: BUSY,
  messages: [{ role: 'user', content: 'Why does the river rise? 世界. '.repeat(80_000) }],
})
const keepBusy = async (): Promise<void> => void (await (await router.chat(LARGE)).text())

const bodyFor = (model: string) => ({ model, stream: true, messages: [{ role: 'user', content: 'Count.' }] })

beforeAll(async () => {
  upstream = await startUpstream(({ model = '' }) =>
    model === BUSY ? answer() : answer({ text: 'one two three', firstMs: firstMsOf(Number(model.split('-')[1])), gapMs: 2 }),
  )
  // Models of their own, since time-outs in a row would get one ejected
  const models = PROVIDER_NAMES.flatMap(dialect =>
    indexes.map(index => [`${dialect}-${index}`, modelAt(upstream.url, dialect, { model: `${dialect}-${index}` })] as const),
  )
  const all = { ...Object.fromEntries(models), [BUSY]: modelAt(upstream.url, 'openai', { model: BUSY }) }
  router = await startRouter({ config: { models: all, limits: { attempts: 1, firstTokenMs: FIRST_TOKEN_MS, idleMs: 1_000 } } })
  // The first is slower, being compiled
  await keepBusy()
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

describe.each(PROVIDER_NAMES)('%s', { timeout: 60_000 }, dialect => {
  const lineOf = async (index: number): Promise<string> => {
    try {
      const signal = AbortSignal.timeout(HANGS_MS)
      return (await sightOf(await router.chat(bodyFor(`${dialect}-${index}`), { signal }))).line
    } catch (error) {
      return `no end: ${String(error)}`
    }
  }

  it('a first token that comes when its limit passes is an answer, or a 504, or an answer that breaks off', async () => {
    for (const busyAtMs of BUSY_AT_MS) {
      const asked = indexes.map(lineOf)
      await delay(busyAtMs)
      await Promise.all([keepBusy(), keepBusy()])
      const lines = await Promise.all(asked)
      expect(lines.filter(line => !/^(answer|504 timeout|error event timeout)$/.test(line))).toEqual([])
    }
    await router.idle(HANGS_MS)
  })

  it('a client that leaves when its first token comes leaves nothing behind', async () => {
    for (const busyAtMs of BUSY_AT_MS) {
      const clients = await Promise.all(
        indexes.map(index =>
          sendRaw({
            url: new URL('/v1/chat/completions', router.url).href,
            method: 'POST',
            headers: { authorization: `Bearer ${CLIENT_KEY}` },
            body: bodyFor(`${dialect}-${index}`),
          }),
        ),
      )
      await delay(busyAtMs)
      const busy = [keepBusy(), keepBusy()]
      await delay(FIRST_TOKEN_MS / 4)
      for (const client of clients) client.reset()
      await Promise.all(busy)
    }
    await router.idle(HANGS_MS)
  })
})
