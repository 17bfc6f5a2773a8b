import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withFidelity } from './markdown'

it('README.md says of every cell what the tests prove of it (test/fidelity/write.ts brings it up to date)', async () => {
  const readme = await readFile(join(import.meta.dirname, '../../README.md'), 'utf8')
  expect(readme).toBe(withFidelity(readme))
})
