import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, it } from 'vitest'
import { build } from '../support/build'

/** What `wrangler deploy` would upload must not know how to be open, nor how to simulate a provider. */

const FORBIDDEN = /LOCAL_ACCESS|simulated|providers\.internal|env\.PROVIDERS/

it('the production bundle holds neither the open access nor the simulator', async () => {
  // The whole bundle in a failure's message would help nobody
  expect(FORBIDDEN.exec(await readFile(inject('bundle'), 'utf8'))?.[0]).toBeUndefined()
})

it('the production configuration binds neither', async () => {
  expect(await readFile('wrangler.toml', 'utf8')).not.toMatch(/LOCAL_ACCESS|PROVIDERS|ringroad-providers/)
})

it('a dry run names only the two kinds of object and the assets as bindings', async () => {
  const outDir = await mkdtemp(join(tmpdir(), 'ringroad-deploy-'))
  try {
    const output = await build('wrangler.toml', outDir)
    const bindings = output.match(/env\.\w+/g) ?? []
    expect(new Set(bindings)).toEqual(new Set(['env.LOAD_TRACKER', 'env.REGISTRY']))
    expect(await readdir(outDir)).toContain('index.js')
  } finally {
    await rm(outDir, { recursive: true })
  }
})

it('the local configuration differs from production only where it must', async () => {
  const settings = async (path: string) => {
    const text = await readFile(path, 'utf8')
    return ['compatibility_date', 'class_name', 'new_sqlite_classes'].map(
      name => new RegExp(`^${name} = (.*)$`, 'm').exec(text)?.[1],
    )
  }
  expect(await settings('test/local/wrangler.toml')).toEqual(await settings('wrangler.toml'))
})
