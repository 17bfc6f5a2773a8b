import { describe, expect, it } from 'vitest'
import { Popularity } from '../../src/router/popularity'

describe('a key is popular', () => {
  it('from the eighth request within ten seconds on, and no longer once they are past', () => {
    const popularity = new Popularity()
    const asked = Array.from({ length: 10 }, (_, second) => popularity.isPopular('k', second * 1_000))
    expect(asked).toEqual([false, false, false, false, false, false, false, true, true, true])
    expect(popularity.isPopular('k', 30_000)).toBe(false)
  })

  it('by its own requests alone', () => {
    const popularity = new Popularity()
    for (let i = 0; i < 100; i++) expect(popularity.isPopular(`k${i}`, 0)).toBe(false)
  })

  it('by requests, and not by questions about them', () => {
    const popularity = new Popularity()
    for (let i = 0; i < 50; i++) expect(popularity.isPopular('k', 0, { peek: true })).toBe(false)
  })
})
