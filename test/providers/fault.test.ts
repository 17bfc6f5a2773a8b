import { describe, expect, it } from 'vitest'
import { faultFor, withoutDirectives } from './fault'
import { scheduleJson, scheduleStream } from './schedule'

describe('a fault directive', () => {
  it('hits the provider that it names, and every one by the name of any', () => {
    expect(faultFor('openai', 'Hi [[openai: status 500]]')).toEqual({ kind: 'status', status: 500 })
    expect(faultFor('google', 'Hi [[openai: status 500]]')).toEqual({ kind: 'none' })
    expect(faultFor('google', 'Hi [[ANY:overloaded]]')).toEqual({ kind: 'overloaded' })
  })

  it('is the first one for a provider; others may stand beside it', () => {
    const question = '[[openai: html]] [[anthropic: slow 9]] [[any: empty]]'
    expect(faultFor('anthropic', question)).toEqual({ kind: 'slow', extraMs: 9 })
    expect(faultFor('google', question)).toEqual({ kind: 'empty' })
  })

  it.each([
    ['cut 5', { kind: 'cut', after: 5 }],
    ['cut', { kind: 'cut', after: 'opening' }],
    ['stall 0', { kind: 'stall', after: 'opening' }],
    ['error', { kind: 'error', after: 'start' }],
    ['error 3', { kind: 'error', after: 3 }],
    ['end 1', { kind: 'end', after: 1 }],
  ])('"%s" says when it strikes', (words, fault) => {
    expect(faultFor('openai', `[[openai: ${words}]]`)).toEqual({ kind: 'stream', fault })
  })

  it.each(['explode', 'status', 'status 200', 'status 999', ''])('"%s" is reported, not ignored', words => {
    expect(faultFor('openai', `[[openai: ${words}]]`)).toEqual({ kind: 'unknown', words })
  })

  it('is no part of the question', () => {
    expect(withoutDirectives('Why [[openai: cut 5]] is the sky blue?')).toBe('Why is the sky blue?')
  })
})

describe('a schedule', () => {
  const frames = [
    { part: 'opening', text: 'o' },
    { part: 'content', text: '1' },
    { part: 'content', text: '2' },
    { part: 'closing', text: 'c' },
  ] as const
  const played = (fault?: Parameters<typeof scheduleStream>[2]) =>
    scheduleStream(frames, { firstMs: 50, gapMs: 5 }, fault, 'E').map(step => (step.kind === 'send' ? step.data : step.kind))

  it('waits for the first content and between contents only', () => {
    const steps = scheduleStream(frames, { firstMs: 50, gapMs: 5 })
    expect(steps.map(step => (step.kind === 'send' ? step.afterMs : step.kind))).toEqual([0, 50, 5, 0, 'end'])
  })

  it.each([
    ['start', ['cut']],
    ['opening', ['o', 'cut']],
    [1, ['o', '1', 'cut']],
    [2, ['o', '1', '2', 'cut']],
    // beyond the content there is nothing to count
    [9, ['o', '1', '2', 'cut']],
  ] as const)('breaks at %s', (after, expected) => expect(played({ kind: 'cut', after })).toEqual(expected))

  it('sends the error event and then ends', () => {
    expect(played({ kind: 'error', after: 1 })).toEqual(['o', '1', 'E', 'end'])
    expect(played({ kind: 'error', after: 'start' })).toEqual(['E', 'end'])
  })

  it('cuts a JSON answer in half', () => {
    expect(scheduleJson('abcdef', { kind: 'cut', after: 3 })).toEqual([
      { kind: 'send', afterMs: 0, data: 'abc' },
      { kind: 'cut' },
    ])
    expect(scheduleJson('abcdef', { kind: 'error', after: 0 }, 'E')).toEqual([
      { kind: 'send', afterMs: 0, data: 'E' },
      { kind: 'end' },
    ])
  })
})
