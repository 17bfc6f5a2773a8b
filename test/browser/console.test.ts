/** The console in a real browser, before the whole of `npm start`: router, load tracker and simulated providers. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Browser, chromium, type Page, type Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = CHROMIUMS.find(path => existsSync(path))
if (executablePath === undefined) console.warn(`The console is not tested: there is no Chromium at ${CHROMIUMS.join(' or ')}.`)

const ADMIN_KEY = 'admin-key-1'
const CLIENT_KEY = 'client-key-1'
/** The page polls every second, and every few once the router is in trouble; the rest is for a busy machine. */
const PATIENCE_MS = 20_000

interface Local {
  readonly url: string
  readonly close: () => Promise<void>
}

/** `npm start` on free ports, with a memory of its own. */
async function startLocal(...flags: readonly string[]): Promise<Local> {
  const memory = await mkdtemp(join(tmpdir(), 'ringroad-console-'))
  const start = resolve(import.meta.dirname, '../local/start.mjs')
  const child = spawn(
    process.execPath,
    [start, '--port', '0', '--inspector-port', '0', '--persist-to', memory, '--show-interactive-dev-session=false', ...flags],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } },
  )
  const url = await ready(child)
  return {
    url,
    async close() {
      const ended = new Promise(done => child.once('exit', done))
      if (child.kill()) await ended
      await rm(memory, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** The address that it prints; with what else it said where there is none. */
function ready(child: ChildProcess): Promise<string> {
  return new Promise((done, failed) => {
    let said = ''
    const listen = (piece: unknown) => {
      said += String(piece)
      const [, url] = /Ready on (http:\/\/\S+)/.exec(said) ?? []
      if (url !== undefined) done(url)
    }
    child.stdout?.on('data', listen)
    child.stderr?.on('data', listen)
    child.once('error', failed)
    child.once('exit', code => failed(new Error(`npm start ended with ${code}: ${said}`)))
  })
}

describe.skipIf(executablePath === undefined)('the console', () => {
  let browser: Browser
  beforeAll(async () => {
    const args = ['--no-sandbox', '--disable-background-networking', '--disable-gpu']
    browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args })
  })
  afterAll(() => browser?.close())

  let page: Page
  /** What the browser complained of, violations of the content security policy included. */
  let complaints: string[]
  beforeEach(async () => {
    page = await browser.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    complaints = []
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', error => complaints.push(String(error)))
    await page.addInitScript({
      content: `addEventListener('securitypolicyviolation', event => console.error('violates ' + event.violatedDirective))`,
    })
  })
  afterEach(() => page.close())

  /** Where it does not come to say so, what it says and what the browser complained of tell more than the time that passed. */
  const says = async (place: string, text: string) => {
    try {
      await page.locator(place, { hasText: text }).waitFor()
    } catch (cause) {
      const instead = await page.locator(place).textContent()
      throw new Error(`${place} says "${instead}" instead of "${text}"; complaints: ${complaints.join('; ') || 'none'}`, {
        cause,
      })
    }
  }
  const state = (text: string) => says('#connection', text)
  const outcome = (text: string) => says('#outcome', text)
  const ask = async (prompt: string, model: string) => {
    await page.getByLabel('Prompt').fill(prompt)
    await page.getByLabel('Model', { exact: true }).selectOption(model)
    await page.getByRole('button', { name: 'Send' }).click()
  }
  const row = (table: string, text: string) => page.locator(`#${table} tbody tr`, { hasText: text })

  describe('of a router with open access', () => {
    let local: Local
    beforeAll(async () => {
      local = await startLocal()
    })
    afterAll(() => local?.close())

    it('shows the models, streams a test request, and then the decision, without a complaint from the browser', async () => {
      const response = await page.goto(local.url)
      expect(response?.headers()['content-security-policy']).toContain("default-src 'self'")
      await state('Live')
      expect(await page.locator('#notice').textContent()).toContain('simulated')
      expect(await page.locator('#models tbody th .value').allTextContents()).toEqual(['gpt', 'claude', 'gemini'])
      expect(await page.locator('#model option').allTextContents()).toEqual(['auto', 'gpt', 'claude', 'gemini'])
      expect(await page.locator('#decisions-empty').textContent()).toContain('None yet')

      await ask('Which rivers flow into the Danube?', 'claude')
      await outcome('Finished')
      expect(await page.locator('#answer').textContent()).toMatch(
        /^This is a simulated answer .*"Which rivers flow into the Danube\?"\.$/,
      )
      const facts = await page.locator('#facts').innerText()
      expect(facts).toMatch(/x-router-model\s+claude/)
      expect(facts).toMatch(/x-router-attempts\s+1/)

      await row('decisions', 'claude').waitFor()
      expect(await row('decisions', 'claude').locator('td .value').allTextContents()).toEqual(
        expect.arrayContaining(['claude', 'adaptive', '200']),
      )
      expect(await row('shares', 'claude').locator('.gauge .value').textContent()).toBe('1 of 1')
      expect(complaints).toEqual([])
    })

    it('shows text while more is to come and the request as in flight, and stops waiting when asked to', async () => {
      await page.goto(local.url)
      await state('Live')
      // The simulated provider falls silent after five words and never ends: what is seen was not waited for
      await ask('Hello [[openai: stall 5]]', 'gpt')
      await page.locator('#answer', { hasText: /^This is a simulated answer $/ }).waitFor()
      await row('models', 'gpt').locator('.gauge .value', { hasText: '1' }).waitFor()
      await page.getByRole('button', { name: 'Stop' }).click()
      await outcome('Stopped.')
      expect(await page.locator('#answer').textContent()).toBe('This is a simulated answer ')
      expect(await page.getByRole('button', { name: 'Send' }).isEnabled()).toBe(true)
      expect(complaints).toEqual([])
    })

    it('fits a telephone: nothing is wider than the screen', async () => {
      await page.setViewportSize({ width: 400, height: 800 })
      await page.goto(local.url)
      await row('models', 'gemini').waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400)
      expect(await page.getByRole('columnheader', { name: 'In flight' }).count()).toBe(1)
    })

    it('asks for nothing while nobody looks, and again once somebody does', async () => {
      await page.clock.install()
      await page.addInitScript({
        content: `window.asked = 0
          const fetched = window.fetch
          window.fetch = (...request) => { window.asked += 1; return fetched(...request) }`,
      })
      await page.goto(local.url)
      await state('Live')
      const look = (visibility: string) =>
        page.evaluate(`Object.defineProperty(document, 'visibilityState', { value: '${visibility}', configurable: true })
          document.dispatchEvent(new Event('visibilitychange'))
          window.asked = 0`)
      await look('hidden')
      await page.clock.runFor(60_000)
      expect(await page.evaluate('window.asked')).toBe(0)
      const polled = page.waitForResponse('**/admin/state')
      await look('visible')
      expect((await polled).status()).toBe(200)
    })

    describe('as told by the state', () => {
      const figures = { waitingTokens: 0, slopeMsPerToken: 0, slowdown: 1, recentFailures: 0 }
      const quiet = { ...figures, provider: 'openai', weight: 1, inFlight: 0, baseMs: null, perTokenMs: null, failureRate: 0 }
      const told = {
        models: {
          busy: {
            ...quiet,
            model: 'm-1',
            state: 'active',
            inFlight: 8,
            baseMs: 412.6,
            slowdown: 1.52,
            perTokenMs: 9.04,
            ejectedForMs: 0,
          },
          broken: { ...quiet, model: 'm-2', state: 'active', inFlight: 2, failureRate: 0.625, ejectedForMs: 4_200 },
          closed: { provider: 'google', model: 'm-3', weight: 1, state: 'no-secret', inFlight: 0, waitingTokens: 0 },
          '<img src=x onerror=alert(1)>': { ...quiet, model: '<b>m-4</b>', state: 'active', ejectedForMs: 1 },
        },
        isolates: 3,
        syncIntervalMs: 100,
        arrivalsPerSecond: 12.345,
        decisions: [
          { atMs: 0, id: 'b', route: 'hard', strategy: 'adaptive', model: null, attempts: 3, status: 503, firstTokenMs: null },
          { atMs: 0, id: 'a', route: 'hard', strategy: 'adaptive', model: 'busy', attempts: 1, status: 200, firstTokenMs: 431 },
        ],
        isolate: { inFlight: 0, viewAgeMs: null },
        warnings: ['The route "late" can never match.'],
        missingSecrets: ['GEMINI_API_KEY'],
      }
      const tell = (status: number, body: unknown) => (route: Route) => route.fulfill({ status, json: body })
      const cells = (text: string) => row('models', text).locator(':is(th, td) > span').allTextContents()

      it('load, trouble, ejections and warnings are shown in words and figures, and markup as text', async () => {
        await page.route('**/admin/state', tell(200, told))
        await page.goto(local.url)
        await state('Live')
        // An empty string is a bar
        expect(await cells('busy')).toEqual([
          'busy',
          'openai · m-1',
          'active',
          '8',
          '',
          '413 ms',
          '× 1.52 lately',
          '9.04 ms',
          '0%',
          '1',
        ])
        expect(await cells('broken')).toEqual([
          'broken',
          'openai · m-2',
          'ejected',
          'for 5 s more',
          '2',
          '',
          '–',
          '–',
          '62.5%',
          '1',
        ])
        expect(await cells('closed')).toEqual(['closed', 'google · m-3', 'no secret set', '0', '', '–', '–', '–', '1'])
        expect(await cells('<img')).toEqual([
          '<img src=x onerror=alert(1)>',
          'openai · <b>m-4</b>',
          'ejected',
          'the next request tries it',
          '0',
          '',
          '–',
          '–',
          '0%',
          '1',
        ])
        // A quarter of the busiest one's bar
        expect(await row('models', 'broken').locator('.bar').getAttribute('style')).toContain('0.25')
        expect(await row('decisions', 'nobody').locator('td .value').allTextContents()).toEqual([
          'hard',
          'adaptive',
          'nobody',
          '3',
          '503',
          '–',
        ])
        expect(await page.locator('#warnings-list li').allTextContents()).toEqual([
          'The route "late" can never match.',
          'The secret GEMINI_API_KEY is not set: its models take no requests. Set it with "npx wrangler secret put GEMINI_API_KEY".',
        ])
        expect(await page.locator('#model option:disabled').allTextContents()).toEqual(['closed'])
        expect(await page.locator('#updated').textContent()).toContain('3 isolates · 12.3 requests/s')
        expect(complaints).toEqual([])
      })

      it('a router that stops telling leaves the last figures, marked as old, until it tells again', async () => {
        await page.route('**/admin/state', tell(200, told))
        await page.goto(local.url)
        await state('Live')
        await page.unroute('**/admin/state')
        await page.route('**/admin/state', tell(503, { error: { code: 'tracker_away', message: 'The load tracker is away: x' } }))
        await state('No news')
        expect(await page.locator('#trouble').textContent()).toBe('The load tracker is away: x')
        expect(await page.locator('#models-filled.stale').count()).toBe(1)
        expect(await page.locator('#access').isVisible()).toBe(false)
        await page.unroute('**/admin/state')
        await page.route('**/admin/state', tell(200, told))
        await state('Live')
        expect(await page.locator('#trouble').isVisible()).toBe(false)
        expect(await page.locator('.stale').count()).toBe(0)
      })

      const event = (content: string) => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\r\n\r\n`
      it.each([
        [
          'an error in the stream',
          'data: {"error":{"message":"The upstream broke off."}}\n\n',
          'The answer broke off: The upstream broke off.',
        ],
        ['a stream that just ends', '', 'The stream ended before the answer did.'],
        ['a half event at the end', 'data: {"choices', 'The stream ended before the answer did.'],
      ])('%s is not taken for a finished answer, and what had come stays', async (_, end, said) => {
        await page.route('**/v1/chat/completions', route =>
          route.fulfill({ contentType: 'text/event-stream', body: `: keep-alive\n\n${event('Grüß ')}${event('Gott')}${end}` }),
        )
        await page.goto(local.url)
        await page.getByRole('button', { name: 'Send' }).click()
        await outcome(said)
        expect(await page.locator('#answer').textContent()).toBe('Grüß Gott')
      })
    })
  })

  describe('of a closed router', () => {
    let local: Local
    beforeAll(async () => {
      const vars = ['LOCAL_ACCESS:closed', `ROUTER_KEYS:${CLIENT_KEY}`, `ROUTER_ADMIN_KEY:${ADMIN_KEY}`]
      local = await startLocal(...vars.flatMap(pair => ['--var', pair]))
    })
    afterAll(() => local?.close())

    it('asks for the admin key, shows nothing without it, and keeps it for the tab alone', async () => {
      await page.goto(local.url)
      await state('Locked')
      expect(await page.locator('#access-message').textContent()).toContain('This needs the admin key')
      expect(await page.locator('#models').isVisible()).toBe(false)

      const give = async (key: string) => {
        await page.getByRole('textbox', { name: 'Admin key' }).fill(key)
        await page.getByRole('button', { name: 'Show the state' }).click()
      }
      await give('wrong')
      await page.locator('#access-message', { hasText: 'This key was not accepted.' }).waitFor()
      await give('ключ')
      await page.locator('#access-message', { hasText: 'visible ASCII' }).waitFor()
      await give(ADMIN_KEY)
      await state('Live')
      expect(await page.locator('#access').isVisible()).toBe(false)
      expect(await page.locator('#models tbody tr').count()).toBe(3)

      await page.reload()
      await state('Live')
      expect(await page.evaluate('JSON.stringify([localStorage.length, document.cookie])')).toBe('[0,""]')
    })

    it('asks for a client key to send a test request with', async () => {
      await page.goto(local.url)
      await state('Locked')
      await page.getByRole('button', { name: 'Send' }).click()
      await outcome('401: No key was sent.')
      await page.getByLabel('Client key').fill(CLIENT_KEY)
      await page.getByRole('button', { name: 'Send' }).click()
      await outcome('Finished')
      expect(await page.locator('#answer').textContent()).toContain('This is a simulated answer')
    })
  })

  describe('of a router without any key', () => {
    let local: Local
    beforeAll(async () => {
      local = await startLocal('--var', 'LOCAL_ACCESS:closed')
    })
    afterAll(() => local?.close())

    it('says what its operator must do', async () => {
      await page.goto(local.url)
      await state('Closed')
      expect(await page.locator('#access-message').textContent()).toContain('npx wrangler secret put ROUTER_KEYS')
    })
  })
})
