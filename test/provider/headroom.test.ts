import { describe, expect, it } from 'vitest'
import { headroomOf } from '../../src/provider/headroom'

const NOW_MS = Date.UTC(2026, 10, 24, 12, 0, 0)
const read = (headers: Record<string, string>) => headroomOf(new Headers(headers), NOW_MS)

const openai = (what: 'requests' | 'tokens', limit: string, remaining: string, reset?: string) => ({
  [`x-ratelimit-limit-${what}`]: limit,
  [`x-ratelimit-remaining-${what}`]: remaining,
  ...(reset !== undefined && { [`x-ratelimit-reset-${what}`]: reset }),
})
const anthropic = (what: string, limit: string, remaining: string, reset?: string) => ({
  [`anthropic-ratelimit-${what}-limit`]: limit,
  [`anthropic-ratelimit-${what}-remaining`]: remaining,
  ...(reset !== undefined && { [`anthropic-ratelimit-${what}-reset`]: reset }),
})

describe('when a limit is full again', () => {
  it.each([
    ['minutes and seconds', '6m0s', 360_000],
    ['a fraction of a second', '1.5s', 1_500],
    ['milliseconds', '20ms', 20],
    ['a fraction of a millisecond, rounded up', '0.3ms', 1],
    ['minutes and a fraction', '2m59.56s', 179_560],
    ['hours', '1h30m', 5_400_000],
    ['a day', '1d', 86_400_000],
    ['seconds and milliseconds', '1s500ms', 1_500],
    ['nothing', '0s', 0],
    ['plain seconds', '12', 12_000],
    ['a fraction of plain seconds', '0.25', 250],
    ['a time', '2026-11-24T12:00:30Z', 30_000],
    ['a time with a fraction', '2026-11-24T12:00:30.250Z', 30_250],
    ['a time elsewhere', '2026-11-24T13:00:30+01:00', 30_000],
    ['a time that is past', '2026-11-24T11:59:59Z', 0],
    ['a time that there is not', '2026-13-45T99:99:99Z', 0],
    ['words', 'soon', 0],
    ['words that a lenient reader would take for a date', 'in May 2099', 0],
    ['an unknown unit', '5w', 0],
    ['a unit without a number', 'ms', 0],
    ['half a duration', '5s and more', 0],
    ['a negative number', '-5', 0],
    ['an empty text', '', 0],
  ])('%s: "%s" is %i ms', (_, reset, forMs) => {
    expect(read(openai('requests', '100', '50', reset))).toEqual({ share: 0.5, forMs, requests: 100 })
    expect(read(anthropic('requests', '100', '50', reset))).toEqual({ share: 0.5, forMs, requests: 100 })
  })

  it('is not known where nothing is said', () => {
    expect(read(openai('requests', '100', '50'))).toEqual({ share: 0.5, forMs: 0, requests: 100 })
  })
})

describe('what is left', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['is the share of the limit', openai('tokens', '150000', '149984'), 149_984 / 150_000],
    ['may be nothing', openai('tokens', '150000', '0'), 0],
    ['is all at most', openai('tokens', '100', '200'), 1],
    ['of no limit is not known', {}, undefined],
    ['of a limit without what remains is not known', { 'x-ratelimit-limit-requests': '100' }, undefined],
    ['without its limit is not known', { 'x-ratelimit-remaining-requests': '100' }, undefined],
    ['of a limit of nothing is not known', openai('requests', '0', '0'), undefined],
    ['in words is not known', openai('requests', 'many', 'some'), undefined],
    ['below nothing is not known', openai('requests', '100', '-1'), undefined],
    ['not whole is not known', openai('requests', '100', '0x10'), undefined],
  ])('%s', (_, headers, share) => {
    expect(read(headers)?.share).toBe(share)
  })
})

describe('of several limits', () => {
  it('the scarcest counts, with its own time', () => {
    const headers = { ...openai('requests', '100', '90', '1s'), ...openai('tokens', '1000', '20', '7s') }
    expect(read(headers)).toEqual({ share: 0.02, forMs: 7_000 })
  })

  it.each(['requests', 'tokens', 'input-tokens', 'output-tokens'])("Anthropic's %s are one", what => {
    const all = ['requests', 'tokens', 'input-tokens', 'output-tokens'].filter(other => other !== what)
    const plenty = Object.assign({}, ...all.map(other => anthropic(other, '100', '99', '2026-11-24T12:00:01Z')))
    expect(read({ ...plenty, ...anthropic(what, '100', '1', '2026-11-24T12:00:09Z') })).toEqual({
      share: 0.01,
      forMs: 9_000,
      ...(what === 'requests' && { requests: 100 }),
    })
  })

  it('one that makes no sense leaves the others', () => {
    expect(read({ ...openai('requests', 'x', 'y', 'z'), ...openai('tokens', '10', '5', '1s') })).toEqual({
      share: 0.5,
      forMs: 1_000,
    })
  })
})
