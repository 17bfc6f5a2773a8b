import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Answer } from '../profiling/ask'
import { callOf } from '../profiling/call'
import { openJournal } from '../profiling/journal'

let folder: string
let out: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ringroad-journal-'))
  out = join(folder, 'deep', 'profile.json')
})
afterEach(() => rm(folder, { recursive: true }))

const target = { id: 'gpt', name: 'gpt-5.2', price: { input: 1, output: 2 }, contextWindow: undefined, reasons: false }
const call = (label: string) => callOf(target, label, `the prompt of ${label}`, 0, 0)
const answer: Answer = {
  ...{ text: 'Grüße\n🎉', refused: false, isCut: false, inputTokens: 10, outputTokens: 5 },
  ...{ firstTokenMs: 12.5, tokensPerSecond: undefined },
}

describe('a journal', () => {
  it('gives back what was written: answers by their call, and all that was spent', async () => {
    const first = await openJournal(out)
    await first.record(call('a'), answer, 0.25)
    await first.lose(call('b'), 0.5)
    const second = await openJournal(out)
    expect(second.answers.get(call('a').key)).toEqual(answer)
    expect(second.answers.has(call('b').key)).toBe(false)
    expect(second.spentUsd).toBe(0.75)
    expect(second.usdByModel.get('gpt')).toBe(0.75)
  })

  it('loses a torn line and nothing else, before it or after', async () => {
    const first = await openJournal(out)
    await first.record(call('a'), answer, 0.25)
    await first.record(call('b'), answer, 0.25)
    const text = await readFile(first.path, 'utf8')
    await writeFile(first.path, text.slice(0, -20))
    const second = await openJournal(out)
    expect(second.torn).toBe(1)
    await second.record(call('c'), answer, 0.25)
    const third = await openJournal(out)
    expect([...third.answers.keys()]).toEqual([call('a').key, call('c').key])
  })

  it('is put away when the run is complete, and the next begins anew', async () => {
    const first = await openJournal(out)
    await first.record(call('a'), answer, 0.25)
    const kept = await first.close()
    expect(await readFile(kept, 'utf8')).toContain('Grüße')
    expect((await openJournal(out)).answers.size).toBe(0)
  })
})

describe('a call', () => {
  it('has another key where anything that matters is another', () => {
    const keys = [
      callOf(target, 'a', 'p', 0, 0),
      callOf(target, 'a', 'p', undefined, 0),
      callOf(target, 'a', 'p', 0, 1),
      callOf(target, 'a', 'q', 0, 0),
      callOf({ ...target, name: 'gpt-6' }, 'a', 'p', 0, 0),
      callOf({ ...target, contextWindow: 4_000 }, 'a', 'p', 0, 0),
    ].map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(callOf({ ...target, price: { input: 9, output: 9 } }, 'a', 'p', 0, 0).key).toBe(keys[0])
  })

  it('leaves half of a small context window to the prompt', () => {
    expect(callOf({ ...target, contextWindow: 4_000 }, 'a', 'p', 0, 0).maxTokens).toBe(2_000)
  })
})
