import { afterAll, beforeAll, expect, it } from 'vitest'
import { modelAt, type Router, startRouter } from '../support/router'
import { answer, startUpstream, type Upstream } from '../support/upstream'

/** The built Worker with its region's load tracker in shards: each isolate reports to one of them, and all see one fleet. */

const WORKERS = 4
/** Four isolates share one of so many with odds of one in 32,768. */
const SHARDS = 32

let upstream: Upstream
let router: Router

beforeAll(async () => {
  upstream = await startUpstream(() => answer({ chunks: 40, gapMs: 100 }))
  const config = { models: { a: modelAt(upstream.url, 'openai') }, tracker: { shards: SHARDS } }
  router = await startRouter({ config, workers: WORKERS })
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

it('every isolate sees the requests of the others, while they last, and none when all is over', async () => {
  const workers = Array.from({ length: WORKERS }, (_, worker) => worker)
  const ask = { model: 'a', stream: true, messages: [{ role: 'user', content: 'Say hello.' }] }
  const inFlight = () => Promise.all(workers.map(async worker => (await router.admin(worker)).models.a?.inFlight))
  const responses = await Promise.all(workers.map(worker => router.chat(ask, { worker })))
  await expect.poll(inFlight, { timeout: 4_000, interval: 100 }).toEqual(workers.map(() => WORKERS))
  await Promise.all(responses.map(response => response.text()))
  await expect.poll(inFlight, { timeout: 4_000, interval: 100 }).toEqual(workers.map(() => 0))
})
