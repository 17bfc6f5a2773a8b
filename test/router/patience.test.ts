import { describe, expect, it } from 'vitest'
import { isQuicker, type Prompt, patienceMs } from '../../src/router/patience'
import type { ModelLoad } from '../../src/state/local-load'
import { idle } from './given'

/** 300 ms and a tenth of a ms for every prompt token. */
const known: Partial<ModelLoad> = { firstToken: { baseMs: 300, slopeMsPerToken: 0.1 } }
const loaded = (given: Partial<ModelLoad> = {}): ModelLoad => ({ ...idle, ...known, ...given })
const prompt = (tokens: number, given: Partial<Prompt> = {}): Prompt => ({ tokens, ...given })

describe('patience with a model', () => {
  it.each<[string, Partial<ModelLoad>, Prompt, number | undefined]>([
    // 4 × (300 + 0.1 × 1,000)
    ['is four times what was expected of it', {}, prompt(1_000), 1_600],
    ['is a second at least, however fast it is', { firstToken: { baseMs: 50, slopeMsPerToken: 0 } }, prompt(1_000), 1_000],
    // 4 × (400 + 0.1 × 2,000)
    ['counts the prompts that wait before it', { waitingTokens: 2_000 }, prompt(1_000), 2_400],
    // Two more than it can write, each with its turn of 1,000 / 10 ms: 4 × (400 + 2 × 100)
    ['counts the answers that have to end before it', { concurrency: 10, answerMs: 1_000, inFlight: 11 }, prompt(1_000), 2_400],
    ['is longer with one that is slower than usual', { slowdown: 2 }, prompt(1_000), 3_200],
    ['is no shorter with one that is faster than usual', { slowdown: 0.5 }, prompt(1_000), 1_600],
    // 4 × (300 + 0.1 × 1,000 × 0.2)
    [
      'leaves out what it has in its cache of such a prompt',
      { cached: { first: 0, home: 0.8, away: 0.1 } },
      prompt(1_000, { relation: 'home' }),
      1_280,
    ],
    ['is without end where nothing is known of its times', { firstToken: undefined }, prompt(1_000), undefined],
  ])('%s', (_, load, asked, expected) => {
    const ms = patienceMs(loaded(load), asked, 4)
    if (expected === undefined) expect(ms).toBeUndefined()
    else expect(ms).toBeCloseTo(expected, 6)
  })

  it('is as long as the operator wants it, and without end where that is 0 times', () => {
    expect(patienceMs(loaded(), prompt(1_000), 10)).toBe(4_000)
    expect(patienceMs(loaded(), prompt(1_000), 0)).toBeUndefined()
  })
})

describe('another model', () => {
  it.each<[string, Partial<ModelLoad>, Prompt, boolean]>([
    // After 1,000 ms: 499 against 500
    [
      'is quicker if it is expected within half of what was waited',
      { firstToken: { baseMs: 499, slopeMsPerToken: 0 } },
      prompt(1),
      true,
    ],
    ['is not if it takes just as long', { firstToken: { baseMs: 500, slopeMsPerToken: 0 } }, prompt(1), false],
    ['is not if its queue is too long', { waitingTokens: 2_000 }, prompt(1_000), false],
    ['is not if it has no room', { concurrency: 1, answerMs: 5_000, inFlight: 1 }, prompt(1_000), false],
    // 400 × 1.3
    ['is not if it is slow at the moment', { slowdown: 1.3 }, prompt(1_000), false],
    // 300 + 0.1 × 4,000 × 0.25
    [
      'is for what it has in its cache',
      { cached: { first: 0, home: 0.75, away: 0.1 } },
      prompt(4_000, { relation: 'home' }),
      true,
    ],
    ['is not for what it has not', { cached: { first: 0, home: 0.75, away: 0.1 } }, prompt(4_000, { relation: 'away' }), false],
    ['is not if nothing is known of its times', { firstToken: undefined }, prompt(1), false],
  ])('%s', (_, load, asked, expected) => {
    expect(isQuicker(loaded(load), asked, 1_000)).toBe(expected)
  })

  it('becomes quicker with every look in vain', () => {
    const slow = loaded({ firstToken: { baseMs: 1_200, slopeMsPerToken: 0 } })
    expect([1_000, 2_000, 3_000].map(waitedMs => isQuicker(slow, prompt(1), waitedMs))).toEqual([false, false, true])
  })
})
