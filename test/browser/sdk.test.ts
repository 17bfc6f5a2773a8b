/** The official SDKs in a real browser, in a page of another origin than the router's, as a front-end developer would write it. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { answer, refusal, type Script, startUpstream, type Upstream } from '../support/upstream'

const CHROMIUMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = CHROMIUMS.find(path => existsSync(path))
if (executablePath === undefined)
  console.warn(`The SDKs are not tested in a browser: there is no Chromium at ${CHROMIUMS.join(' or ')}.`)

/** For a busy machine. */
const PATIENCE_MS = 20_000

interface Site {
  readonly origin: string
  readonly close: () => Promise<void>
}

/** The page and its script, at an origin of its own. */
async function startSite(html: string, script: string): Promise<Site> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/page.js'
    response.writeHead(200, { 'content-type': isScript ? 'text/javascript' : 'text/html; charset=utf-8' })
    response.end(isScript ? script : html)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the site is not listening on a port')
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function bundled(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, 'sdk-page.js')],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    minifySyntax: true,
    // Both SDKs have classes of the same names, and the page shows them
    keepNames: true,
    logLevel: 'error',
  })
  const [file] = outputFiles
  if (file === undefined) throw new Error('nothing was bundled')
  return file.text
}

describe.skipIf(executablePath === undefined)('a page of another origin', () => {
  let known: Site
  let stranger: Site
  let upstream: Upstream
  let router: Router
  let browser: Browser
  let script: Script
  beforeAll(async () => {
    const [html, code] = await Promise.all([readFile(join(import.meta.dirname, 'sdk-page.html'), 'utf8'), bundled()])
    known = await startSite(html, code)
    stranger = await startSite(html, code)
    upstream = await startUpstream(request => script(request))
    router = await startRouter({
      config: {
        models: {
          gpt: modelAt(upstream.url, 'openai'),
          claude: modelAt(upstream.url, 'anthropic'),
          gemini: modelAt(upstream.url, 'google'),
        },
        access: { origins: [known.origin] },
        limits: { attempts: 1 },
      },
    })
    const args = ['--no-sandbox', '--disable-background-networking', '--disable-gpu']
    browser = await chromium.launch({ ...(executablePath !== undefined && { executablePath }), args })
  })
  afterAll(async () => {
    await browser?.close()
    await router?.close()
    await upstream?.close()
    await known?.close()
    await stranger?.close()
  })

  let page: Page
  /** What the browser complained of. */
  let complaints: string[]
  beforeEach(async () => {
    script = () => answer({ text: 'Grüße aus Zürich.' })
    page = await browser.newPage()
    page.setDefaultTimeout(PATIENCE_MS)
    complaints = []
    page.on('console', message => {
      if (message.type() === 'error') complaints.push(message.text())
    })
    page.on('pageerror', error => complaints.push(String(error)))
  })
  afterEach(() => page.close())

  const open = (site: Site) =>
    page.goto(`${site.origin}/?${new URLSearchParams({ router: router.url.origin, key: CLIENT_KEY }).toString()}`)
  const ask = async (sdk: string, model: string) => {
    await page.getByLabel('Model').fill(model)
    await page.getByRole('button', { name: `Ask with ${sdk}` }).click()
  }
  /** Waits until the page says so. */
  const status = (text: string | RegExp) => page.locator('#status', { hasText: text }).waitFor()
  const fact = (name: string) => page.locator(`dt:text-is("${name}") + dd`).textContent()
  /** How many requests reach the upstream meanwhile. */
  const callsDuring = async (act: () => Promise<unknown>): Promise<number> => {
    const before = upstream.requests.length
    await act()
    return upstream.requests.length - before
  }

  describe.each(['OpenAI’s', 'Anthropic’s'])('with %s SDK', sdk => {
    it('streams answers of every provider, and reads who gave them', async () => {
      await open(known)
      for (const model of ['gpt', 'claude', 'gemini']) {
        await ask(sdk, model)
        await status(`${model} has finished`)
        expect(await page.locator('#answer').textContent()).toBe('Grüße aus Zürich.')
        expect(await page.locator('#status').getAttribute('data-tokens')).toBe('3')
        expect(await fact('x-router-model')).toBe(model)
        expect(await fact('x-router-strategy')).toBe('adaptive')
        expect(await fact('x-router-attempts')).toBe('1')
        expect(await fact('x-router-request-id')).toMatch(/^[0-9a-f-]{36}/)
        expect(await fact('server-timing')).toContain('first-token')
      }
      expect(complaints).toEqual([])
    })

    it('shows words while more are to come, and stops the upstream when it stops', async () => {
      script = () => answer({ chunks: 2_000, gapMs: 10 })
      await open(known)
      const received = upstream.request(upstream.requests.length + 1)
      await ask(sdk, 'claude')
      await page.locator('#answer', { hasText: /^Hello from/ }).waitFor()
      expect((await received).ended()).toBeUndefined()
      await page.getByRole('button', { name: 'Stop' }).click()
      await status(/has stopped|APIUserAbortError/)
      expect((await (await received).ending).how).toBe('aborted')
      await router.idle()
      expect(complaints).toEqual([])
    })

    it('raises a RateLimitError that says when to come back, and does not try again', async () => {
      script = () => refusal('rate-limited', { retryAfterSeconds: 7 })
      await open(known)
      const calls = await callsDuring(async () => {
        await ask(sdk, 'gpt')
        await status('RateLimitError: 429')
      })
      expect(calls).toBe(1)
      expect(await page.locator('#status').getAttribute('data-retry-after')).toBe('7')
    })

    it('gets nothing at an origin that the router does not know, and nobody is asked', async () => {
      await open(stranger)
      const calls = await callsDuring(async () => {
        await ask(sdk, 'gpt')
        await status('APIConnectionError')
      })
      expect(calls).toBe(0)
      expect(complaints.join('\n')).toContain('CORS policy')
      expect(await page.locator('#answer').textContent()).toBe('')
    })
  })
})
