import { describe, expect, it } from 'vitest'
import { parseConfig } from '../../src/config'
import { accountId, isModelId, placeId } from '../../src/router/account'
import { model } from '../strategy/given'

describe('an account', () => {
  it('is one for all models with the same secret', () => {
    const [a, b] = [model('a', { secret: 'KEY' }), model('b', { secret: 'KEY', name: 'other' })]
    expect(accountId(a)).toBe('#account:KEY')
    expect(accountId(b)).toBe(accountId(a))
    expect(accountId(model('c', { secret: 'OTHER' }))).not.toBe(accountId(a))
  })

  it('is one for all models with the same secrets, whichever carries the key', () => {
    const [a, b] = [
      model('a', { secret: 'KEY', secretHeaders: { 'x-token': 'TOKEN' } }),
      model('b', { secretHeaders: { 'x-token': 'TOKEN', authorization: 'KEY' } }),
    ]
    expect(accountId(a)).toBe('#account:KEY+TOKEN')
    expect(accountId(b)).toBe(accountId(a))
    for (const other of [model('c', { secret: 'KEY' }), model('d', { secretHeaders: { 'x-token': 'TOKEN' } })])
      expect(accountId(other)).not.toBe(accountId(a))
  })

  it('is its own for a model without a secret', () => {
    expect(accountId(model('a'))).toBe('#account:a')
    expect(accountId(model('b'))).not.toBe(accountId(model('a')))
  })
})

describe('a place', () => {
  it('is one provider as seen from one data centre', () => {
    const ids = [
      placeId(model('a', { provider: 'openai' }), 'HKG'),
      placeId(model('b', { provider: 'openai' }), 'FRA'),
      placeId(model('c', { provider: 'anthropic' }), 'HKG'),
    ]
    expect(ids).toEqual(['#place:openai@HKG', '#place:openai@FRA', '#place:anthropic@HKG'])
    expect(placeId(model('d', { provider: 'openai' }), 'HKG')).toBe(ids[0])
  })
})

describe('their ids', () => {
  it('are no ids of models, and no model can have one', () => {
    for (const id of [accountId(model('a')), placeId(model('a'), 'HKG')]) {
      expect(isModelId(id)).toBe(false)
      expect(parseConfig({ models: { [id]: { provider: 'openai', model: 'gpt-5.2' } } })).toMatchObject({ ok: false })
    }
    expect(isModelId('gpt')).toBe(true)
  })
})
