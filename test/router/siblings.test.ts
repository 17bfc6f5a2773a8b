import { describe, expect, it } from 'vitest'
import { spread } from '../../src/router/siblings'
import type { Rank } from '../../src/strategy/strategy'
import { candidate, situation } from '../strategy/given'

const key = (of: string, name: string) => candidate(`${of}:${name}`, {}, { of })
const candidates = [key('gpt', 'a'), candidate('claude'), key('gpt', 'b'), key('next', 'x'), key('next', 'y')]
const ranking = candidates.map(({ model }, at) => ({ model, score: 10 - at }))
/** The other way round. */
const reversed: Rank = siblings => siblings.toReversed().map(({ model }) => ({ model, score: 0 }))
const shown = (spreading: (of: string) => Rank | undefined) =>
  spread(ranking, candidates, situation(), spreading).map(({ model, score }) => `${model.id} ${score}`)

describe('credentials of one model', () => {
  it('change places among themselves, each with its own score, and move nobody else', () => {
    expect(shown(() => reversed)).toEqual(['gpt:b 8', 'claude 9', 'gpt:a 10', 'next:y 6', 'next:x 7'])
  })

  it('stay where they are if their order was asked for', () => {
    expect(shown(of => (of === 'gpt' ? undefined : reversed))).toEqual([
      'gpt:a 10',
      'claude 9',
      'gpt:b 8',
      'next:y 6',
      'next:x 7',
    ])
    expect(spread(ranking, candidates, situation(), () => undefined)).toBe(ranking)
  })

  it('are left alone where only one of them can serve', () => {
    const alone = candidates.filter(({ model }) => model.id !== 'gpt:b')
    const asked: string[] = []
    const spreading = (of: string) => {
      asked.push(of)
      return reversed
    }
    spread(
      alone.map(({ model }, score) => ({ model, score })),
      alone,
      situation(),
      spreading,
    )
    expect(asked).toEqual(['next'])
  })
})
