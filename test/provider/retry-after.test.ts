import { describe, expect, it } from 'vitest'
import { retryAfterMs } from '../../src/provider/retry-after'

const nowMs = Date.UTC(2026, 10, 24, 12, 0, 0)

describe('retryAfterMs', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'retry-after': '20' }, 20_000],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': '1.5' }, 1500],
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'retry-after-ms': '250.2', 'retry-after': '20' }, 251],
    [{ 'retry-after-ms': 'soon', 'retry-after': '20' }, 20_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 12:01:30 GMT' }, 90_000],
    [{ 'retry-after': 'Tuesday, 24-Nov-26 12:00:10 GMT' }, 10_000],
    [{ 'retry-after': 'Tue, 24 Nov 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'Xyz, 99 Foo 2026' }, undefined],
    [{ 'retry-after': '-5' }, undefined],
    [{ 'retry-after': '' }, undefined],
    [{ 'retry-after': 'later' }, undefined],
  ])('reads %j as %s ms', (headers, expected) => {
    expect(retryAfterMs(new Headers(headers), nowMs)).toBe(expected)
  })
})
