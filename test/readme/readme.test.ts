/** Every example in README.md runs, and prints what the page says. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import packageJson from '../../package.json'
import { parseConfig } from '../../src/config'
import config from '../../src/router.config'
import { type Router, startRouter } from '../support/router'
import { defaultExportsOf, wranglerConfigWith } from './configuration'
import { commandsOf, type Example, examplesOf } from './examples'
import { type LocalRouter, startLocalRouter } from './local-router'
import { type Fence, fencesOf, subjectOf, tableOf } from './markdown'
import { disagreement } from './output'
import { ROOT, runNode, runShell } from './run'

const LOCAL = 'http://localhost:8787'
const DEPLOYED = 'https://router.example.com'
/** wrangler's start on a busy machine with two cores. */
const START_MS = 180_000
/** Shorter than any reason. */
const MIN_REASON_CHARACTERS = 20

const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
const examples = examplesOf(fencesOf(readme))

const NO_SECRETS = {
  ROUTER_KEYS: undefined,
  ROUTER_ADMIN_KEY: undefined,
  OPENAI_API_KEY: undefined,
  ANTHROPIC_API_KEY: undefined,
  GEMINI_API_KEY: undefined,
}

let local: LocalRouter
/** As just deployed: nothing set yet. */
let deployed: Router

beforeAll(async () => {
  ;[local, deployed] = await Promise.all([startLocalRouter(), startRouter({ bindings: NO_SECRETS })])
}, START_MS)

afterAll(async () => {
  await Promise.all([local?.close(), deployed?.close()])
})

/** The addresses that the page writes, replaced by those that there are. */
const here = (code: string): string => code.replaceAll(LOCAL, local.url).replaceAll(DEPLOYED, deployed.url.origin)

describe('an example', () => {
  test.each(examples.map(example => ({ at: `line ${example.line}, ${example.language}`, example })))(
    '$at does what README says',
    async ({ example }) => {
      const printed = await tryOut(example)
      if (example.output !== undefined) expect(disagreementWith(example.output, printed)).toBeUndefined()
    },
    120_000,
  )
})

describe('an endpoint', () => {
  const endpoints = tableOf(readme, 'Endpoint').map(subjectOf)

  test.each(endpoints)('%s exists', async endpoint => {
    const [method = '', path = ''] = endpoint.split(' ')
    const text = await (await fetch(local.url + path, { method })).text()
    // That there is no model called `<id>` is said by the endpoint itself
    expect(text).not.toContain('"code":"not_found"')
  })

  test('that the router itself lists is on the page', async () => {
    const message = await (await fetch(`${local.url}/v1/nothing`)).text()
    const listed =
      message.match(/(?:GET|POST|PUT|PATCH|DELETE) \/v1\/[\w/]+/g)?.filter(name => !name.endsWith('/v1/nothing')) ?? []
    expect(listed).not.toEqual([])
    expect(endpoints).toEqual(expect.arrayContaining(listed))
  })
})

/** Resolves with what it prints, `''` where that is nothing; rejects where it fails. */
async function tryOut(example: Example): Promise<string> {
  const { language, code, note } = example
  if (note?.name === 'not run') {
    expect(note.words.length, 'the reason why it is not run').toBeGreaterThan(MIN_REASON_CHARACTERS)
    return ''
  }
  switch (language) {
    case 'bash':
      return tryCommands(code)
    case 'js':
      return runNode(here(code))
    case 'ts':
      expect(parseConfig((await defaultExportsOf([code]))[0])).toMatchObject({ ok: true })
      return ''
    case 'json':
      return note?.name === 'wrong' ? answerUnder(code) : tryConfig(code)
    case 'toml': {
      const { vars } = await wranglerConfigWith(code)
      return vars.ROUTER_CONFIG === undefined ? '' : tryConfig(vars.ROUTER_CONFIG)
    }
    case 'ini':
      for (const line of commandsOf(code)) expect(secretNames(), line).toContain(line.split('=')[0])
      return ''
    default:
      throw new Error(`README.md, line ${example.line}: nobody checks an example in "${language}"`)
  }
}

function tryConfig(value: unknown): string {
  expect(parseConfig(value)).toMatchObject({ ok: true })
  return ''
}

/** What the deployed router says while its configuration is this. */
async function answerUnder(wrong: string): Promise<string> {
  const router = await startRouter({ config: wrong })
  try {
    return await (await router.chat({ model: 'auto', messages: [{ role: 'user', content: 'hello' }] })).text()
  } finally {
    await router.close()
  }
}

async function tryCommands(code: string): Promise<string> {
  const commands = commandsOf(code)
  if (commands.every(command => /^(\w+=\$\()?curl /.test(command))) return runCurl(here(code))
  // Such print their result and nothing else, and change nothing
  if (commands.every(command => command.startsWith('npm run --silent '))) return runShell(code)
  for (const command of commands) await checkCommand(command)
  return ''
}

/**
 * `wrangler dev` reloads while its Workers find each other, and whenever a source file changes; a request that this hits it answers with these words,
 * and asks for it again.
 */
const RELOADED = 'Your worker restarted mid-request'
const MAX_TRIES = 5

async function runCurl(script: string): Promise<string> {
  for (let tries = 1; ; tries++) {
    const printed = await runShell(script)
    if (!printed.includes(RELOADED) || tries === MAX_TRIES) return printed
  }
}

/** Commands that would change the machine or an account: what can be known of them without running them. */
async function checkCommand(command: string): Promise<void> {
  const [program = '', verb = '', ...rest] = command.split(/\s+/)
  if (program === 'npm') {
    const script = verb === 'run' ? rest[0] : verb
    expect(Object.keys(packageJson.scripts), command).toContain(script)
  } else if (command.startsWith('npx wrangler secret put ')) {
    expect([...secretNames(), ...exampleSecretNames], command).toContain(command.split(' ').at(-1))
  } else if (program === 'npx' && verb === 'vitest') {
    expect(await runShell(command.replace('vitest run', 'vitest list --filesOnly')), command).toContain('.test.ts')
  } else {
    // `npx wrangler deploy` has been rehearsed: the bundle of the deployed router above is what it would upload
    expect(command).toBe('npx wrangler deploy')
  }
}

/** That the page's configurations name, which are checked by themselves: texts that can be nothing else. */
const exampleSecretNames: readonly string[] = examples
  .filter(({ language }) => language === 'ts')
  .flatMap(({ code }) => [...code.matchAll(/'([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)'/g)].flatMap(([, name]) => name ?? []))

function secretNames(): readonly string[] {
  const parsed = parseConfig(config)
  if (!parsed.ok) throw new Error('the default configuration is wrong')
  const { models, access } = parsed.value
  return [access.keys, 'ROUTER_ADMIN_KEY', ...[...models.values()].flatMap(({ secret }) => secret ?? [])]
}

/** JSON is compared as such, so that the page may lay it out for reading. */
function disagreementWith(output: Fence, printed: string): string | undefined {
  if (output.language !== 'json') return disagreement(output.code, printed)
  const laidOut = (text: string) => JSON.stringify(JSON.parse(text), null, 2)
  return disagreement(laidOut(output.code), laidOut(printed))
}
