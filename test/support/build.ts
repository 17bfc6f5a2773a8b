/** Vitest's global set-up: bundles the production Worker once, with the command that a deploy uses, for the tests that run it whole. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Path of the bundled Worker. */
    bundle: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const outDir = await mkdtemp(join(tmpdir(), 'ringroad-'))
  await build('wrangler.toml', outDir)
  project.provide('bundle', join(outDir, 'index.js'))
  return () => rm(outDir, { recursive: true })
}

/** `wrangler deploy --dry-run`: what would be uploaded, into a folder. */
export async function build(config: string, outDir: string): Promise<string> {
  const root = resolve(import.meta.dirname, '../..')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(root, 'node_modules/wrangler/bin/wrangler.js'), 'deploy', '--dry-run', '-c', config, '--outdir', outDir],
    { cwd: root, env: { ...process.env, WRANGLER_SEND_METRICS: 'false' } },
  )
  return stdout
}
