/** Runs an example as a reader would: in a shell, or in Node, at the root of the project. */
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')

/** Any example is over long before; this is for one that hangs. */
const TIMEOUT_MS = 60_000

/** What the command prints. Rejects where it fails. */
export function run(command: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((done, failed) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      timeout: TIMEOUT_MS,
      env: { ...process.env, NO_COLOR: '1' },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    let output = ''
    let errors = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    child.once('error', failed)
    child.once('close', code =>
      code === 0 ? done(output) : failed(new Error(`${command} ended with code ${code}:\n${errors}\n${output}`)),
    )
    child.stdin?.once('error', failed)
    child.stdin?.end(input)
  })
}

export const runShell = (script: string): Promise<string> => run('bash', ['-euo', 'pipefail', '-c', script])

/** As an ES module, from standard input, so that its imports are those of the project. */
export const runNode = (script: string): Promise<string> => run(process.execPath, ['--input-type=module'], script)
