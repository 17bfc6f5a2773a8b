import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { knownModel } from '../../src/profile/catalogue'
import { catalogueText } from '../tools/catalogue.mjs'

describe('the catalogue', () => {
  it('is what its tool makes of the package: nobody has edited it by hand, and it is up to date', () => {
    const file = join(import.meta.dirname, '../../src/profile/catalogue.json')
    expect(readFileSync(file, 'utf8')).toBe(catalogueText())
  })

  it('knows exact names only: a guess would give a new model an old price', () => {
    expect(knownModel('openai', 'gpt-4o')).toEqual({ price: { input: 2.5, output: 10 }, contextWindow: 128_000 })
    expect(knownModel('openai', 'gpt-4o-from-tomorrow')).toBeUndefined()
    expect(knownModel('openai-compatible', 'gpt-4o')).toBeUndefined()
    expect(knownModel('openai', 'constructor')).toBeUndefined()
  })
})
