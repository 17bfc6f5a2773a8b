/** The router as `npm start` starts it, on a port of its own and with a memory of its own. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import config from '../../src/router.config'

export interface LocalRouter {
  /** Without a trailing slash. */
  readonly url: string
  readonly close: () => Promise<void>
}

const START = resolve(import.meta.dirname, '../local/start.mjs')

/**
 * What a developer's own `.dev.vars` says must not count here: real keys would call real providers, and another configuration answers otherwise.
 * Variables on the command line come before that file, and an empty key is none.
 */
const UNDISTURBED = [
  ...Object.values(config.models).flatMap(({ secret }) => (secret === undefined ? [] : ['--var', `${secret}:`])),
  ...['--var', `ROUTER_CONFIG:${JSON.stringify(config)}`],
]

/** Resolves when it listens; rejects with its output if it ends before. */
export async function startLocalRouter(): Promise<LocalRouter> {
  const memory = await mkdtemp(join(tmpdir(), 'ringroad-readme-'))
  const flags = ['--port', '0', '--inspector-port', '0', '--persist-to', memory, ...UNDISTURBED]
  const child = spawn(process.execPath, [START, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' },
  })
  const exited = new Promise<void>(done => child.once('exit', () => done()))
  let output = ''
  const url = await new Promise<string>((found, failed) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      const [, address] = /Ready on (http:\/\/[^\s/]+)/.exec(output) ?? []
      if (address !== undefined) found(address)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('error', failed)
    child.once('exit', code => failed(new Error(`the local router ended with code ${code}:\n${output}`)))
  })
  return {
    url,
    async close() {
      child.kill('SIGTERM')
      await exited
      await rm(memory, { recursive: true, force: true })
    },
  }
}
