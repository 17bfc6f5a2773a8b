import { expect, it } from 'vitest'
import { trackerWarnings } from '../../src/http/tracker-warnings'

it.each([
  ['nothing while the tracker keeps up', { isOverrun: false, askShare: 1 }, []],
  ['nothing of a few that are spared', { isOverrun: false, askShare: 0.93 }, []],
  ['that isolates hear too seldom', { isOverrun: true, askShare: 1 }, [/^More isolates report .* tracker\.shards/]],
  [
    'how many of the central decisions it makes',
    { isOverrun: false, askShare: 0.374 },
    [/^Of the requests .* 37 %; .* tracker\.shards/],
  ],
  ['of both', { isOverrun: true, askShare: 0 }, [/^More isolates/, / 0 %/]],
] as const)('an operator is told %s', (_, state, expected) => {
  const warnings = trackerWarnings(state)
  expect(warnings).toHaveLength(expected.length)
  expected.forEach((pattern, index) => {
    expect(warnings[index]).toMatch(pattern)
  })
})
