/**
 * The fault matrix: everything an upstream may do wrong, times dialect, form of the answer, and company, through the built Worker. Each cell looks at the
 * client's side, at the calls that went up, and at what became of the faulty side.
 */
import { writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Router, startRouter } from '../support/router'
import { answer, closedPort, type Received, startUpstream, type Upstream } from '../support/upstream'
import { ANY_SECRET, CELLS, type Cell, deploymentOf, MISSING, nameOf, nameOfMissing } from './matrix/cell'
import { FAULTS, FIRST_TEXT } from './matrix/faults'
import { markdownOf, type Outcome, SECOND_ANSWERS } from './matrix/markdown'
import { sightOf } from './matrix/sight'

const SECOND_TEXT = 'This is the second candidate.'
/** Short, since many cells wait for them; long beside the milliseconds that a healthy answer takes on a busy machine. */
const LIMITS = { firstTokenMs: 400, idleMs: 400 }
/** The default. */
const MAX_ATTEMPTS = 3
/** Beyond every limit above: what takes longer hangs. */
const HANGS_MS = 10_000
/** An upstream that is left sees it at once; this is for a busy machine. */
const LEFT_MS = 2_000

let upstream: Upstream
let router: Router
const outcomes: Outcome[] = []
const plans = new Map(CELLS.map(cell => [cell.model, cell.case.plan]))

beforeAll(async () => {
  upstream = await startUpstream(request => {
    const plan = plans.get(request.model ?? '')
    return plan === undefined ? answer({ text: SECOND_TEXT }) : plan(request)
  })
  router = await startRouter(deploymentOf(CELLS, upstream.url, await closedPort(), LIMITS))
})

afterAll(async () => {
  await router?.close()
  await upstream?.close()
  const path = process.env.MATRIX_TABLE
  if (path !== undefined) await writeFile(path, markdownOf(FAULTS, outcomes))
})

describe.each(FAULTS.map(fault => ({ name: fault.name, fault })))('$name', ({ fault }) => {
  for (const cell of CELLS.filter(one => one.fault === fault)) {
    const declare = isWrongStill(cell) ? it.concurrent.fails : it.concurrent
    declare(nameOf(cell), { timeout: HANGS_MS * 2 }, () => check(cell))
  }
  for (const missing of MISSING.filter(one => one.fault === fault)) it.skip(nameOfMissing(missing))
  it('leaves nothing in flight', () => router.idle())
})

const isWrongStill = ({ case: one, dialect, company }: Cell): boolean =>
  one.wrongStill?.includes(dialect) === true && (company === 'alone' || !one.fallsBack)

async function check(cell: Cell): Promise<void> {
  const { form, company, case: one, model, second, route, dialect } = cell
  const response = await router.chat(
    { model: route, stream: form !== 'json', messages: [{ role: 'user', content: 'Count to six.' }] },
    {
      signal: AbortSignal.timeout(HANGS_MS),
      headers: {
        // What workerd takes for Cloudflare's own account of the request. A place of its own, as a provider may be left out for one
        'mf-cf-blob': JSON.stringify({ colo: model }),
        ...(one.deadlineMs !== undefined && { 'x-router-deadline-ms': String(one.deadlineMs) }),
      },
    },
  )
  const sight = await sightOf(response)
  const isSecond = sight.line === 'answer' && sight.content === SECOND_TEXT
  outcomes.push({ cell, line: isSecond ? SECOND_ANSWERS : sight.line })

  const fellBack = company !== 'alone' && one.fallsBack
  expect(isSecond ? SECOND_ANSWERS : sight.line).toBe(fellBack ? SECOND_ANSWERS : one.alone[dialect])
  expect(sight.everything).not.toMatch(ANY_SECRET)
  if (sight.status >= 400) expect(sight.headers.get('x-should-retry')).toBe('false')
  else expect(sight.headers.get('x-router-model')).toBe(fellBack ? second : model)
  if (sight.line === 'answer' && !fellBack) expect(sight.content).toBe(FIRST_TEXT)
  // What came before the fault is there, and nothing that was never sent
  if (form === 'committed') {
    expect(sight.content).not.toBe('')
    expect(FIRST_TEXT.startsWith(sight.content)).toBe(true)
  }

  const callsOf = (id: string): readonly Received[] => upstream.requests.filter(request => request.model === id)
  const faulty = callsOf(model)
  const attempts = Number(sight.headers.get('x-router-attempts'))
  const least = fellBack ? 2 : 1
  expect(attempts).toBeGreaterThanOrEqual(least)
  // What is likely to pass may be asked again where there is nobody else to ask
  expect(attempts).toBeLessThanOrEqual(company === 'alone' && mayPass(one.alone[dialect]) ? MAX_ATTEMPTS : least)
  expect({ faulty: faulty.length, second: callsOf(second).length }).toEqual({
    faulty: one.upstream === 'uncalled' ? 0 : fellBack ? 1 : attempts,
    second: fellBack ? 1 : 0,
  })
  for (const request of faulty)
    expect(await endOf(request)).toMatch(one.upstream === 'either' ? /finished|aborted/ : one.upstream)
}

const mayPass = (line: string): boolean => /^5\d\d upstream_(unreachable|cut|error|overloaded)$/.test(line)

async function endOf(request: Received): Promise<string> {
  const ending = await Promise.race([request.ending, delay(LEFT_MS, undefined, { ref: false })])
  return ending?.how ?? `still open ${LEFT_MS} ms after the client had its answer`
}
