import { describe, expect, it } from 'vitest'
import { issueReceipt, RECEIPT_LASTS_MS, readReceipt } from '../../src/http/receipt'

const KEY = 'ab'.repeat(32)
const MINUTE_MS = 60_000
const AT_MS = 29_000_000 * MINUTE_MS
const RECEIPT = { id: '2c0f7c1e-89a4-4f5b-9c1e-000000000001', model: 'gpt', topic: 'coding', atMs: AT_MS }

describe('a receipt', () => {
  it.each([RECEIPT, { ...RECEIPT, topic: null }, { ...RECEIPT, model: 'groq/llama-4@eu:1' }])(
    'says what it was given: %j',
    async receipt => {
      const text = await issueReceipt(receipt, KEY)
      expect(text.startsWith(`${receipt.id}.`)).toBe(true)
      expect(text).toMatch(/^[\w.-]+$/)
      expect(await readReceipt(text, KEY, AT_MS)).toEqual(receipt)
    },
  )

  it('with any character changed is none', async () => {
    const text = await issueReceipt(RECEIPT, KEY)
    for (let at = 0; at < text.length; at++) {
      const other = text[at] === 'A' ? 'B' : 'A'
      expect(await readReceipt(text.slice(0, at) + other + text.slice(at + 1), KEY, AT_MS)).toBeUndefined()
    }
  })

  it('of another fleet, cut short, or made up is none', async () => {
    const text = await issueReceipt(RECEIPT, KEY)
    expect(await readReceipt(text, 'cd'.repeat(32), AT_MS)).toBeUndefined()
    for (const wrong of [text.slice(0, -1), RECEIPT.id, '', `${text}.x`, 'a.b.cccccccccccccccc', '\u0000'])
      expect(await readReceipt(wrong, KEY, AT_MS)).toBeUndefined()
  })

  it('is accepted for a week', async () => {
    const text = await issueReceipt(RECEIPT, KEY)
    expect(await readReceipt(text, KEY, AT_MS + RECEIPT_LASTS_MS)).toBeDefined()
    expect(await readReceipt(text, KEY, AT_MS + RECEIPT_LASTS_MS + MINUTE_MS)).toBeUndefined()
  })
})
