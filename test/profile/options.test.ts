import { describe, expect, it } from 'vitest'
import { readOptions, USAGE } from '../profiling/options'

const optionsOf = (...args: string[]) => {
  const read = readOptions(args, {})
  if (read.kind !== 'options') throw new Error(JSON.stringify(read))
  return read.options
}
const whyNot = (...args: string[]) => {
  const read = readOptions(args, {})
  return read.kind === 'wrong' ? read.why : undefined
}

describe('the command line', () => {
  it('needs nothing: a local router, a dollar, two at a time', () => {
    expect(optionsOf()).toMatchObject({
      url: 'http://localhost:8787',
      budgetUsd: 1,
      concurrency: 2,
      seed: 1,
      repeat: 1,
      plan: false,
    })
  })

  it('takes every flag, and a base URL as clients write it', () => {
    const args = '--url https://r.example/v1/ --models gpt,claude --price 0.5,2 --budget-usd 2.5 --judge gemini --seed 7 --plan'
    expect(optionsOf(...args.split(' '))).toMatchObject({
      url: 'https://r.example',
      models: ['gpt', 'claude'],
      price: { input: 0.5, output: 2 },
      budgetUsd: 2.5,
      judge: 'gemini',
      seed: 7,
      plan: true,
    })
  })

  it('takes keys from the environment, and rather from itself', () => {
    const env = { ROUTER_KEY: 'a', ROUTER_ADMIN_KEY: 'b' }
    expect(readOptions(['--key', 'c'], env)).toMatchObject({ options: { key: 'c', adminKey: 'b' } })
  })

  it.each([
    [['--url', 'router'], '--url'],
    [['--budget-usd', 'much'], '--budget-usd'],
    [['--budget-usd', ''], '--budget-usd'],
    [['--repeat', '0'], '--repeat'],
    [['--concurrency', '1.5'], '--concurrency'],
    [['--price', '1'], '--price'],
    [['--price', '1,-2'], '--price'],
    [['--no-such-flag'], '--no-such-flag'],
  ])('%j is refused, and the flag named', (args, flag) => {
    expect(whyNot(...args)).toContain(flag)
  })

  it('explains each flag that it takes', () => {
    expect(readOptions(['--help'], {})).toEqual({ kind: 'help' })
    for (const flag of ['key', 'out', 'judge', 'whole', 'apply', 'admin-key']) expect(USAGE).toContain(`--${flag}`)
  })
})
