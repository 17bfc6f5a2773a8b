import { describe, expect, it } from 'vitest'
import { scrubbedFailure, withoutSecrets } from '../../src/router/error-text'
import { secretsOf } from '../../src/router/secrets'
import { model } from '../strategy/given'

const VALUES: Readonly<Record<string, string>> = {
  KEY: 'the-key-itself',
  TOKEN: 'Bearer the-token-itself',
  ODD: 'Token  token=the-odd-one, user=me',
  WHOLE: 'the-key-itself-and-more',
  SHORT: 'Basic abc',
}
const host = { secret: (name: string) => VALUES[name] }

describe('the secrets of an attempt', () => {
  it('are its key, and the model as it is, where it has no secret headers', () => {
    const plain = model('m', { secret: 'KEY' })
    expect(secretsOf(plain, host)).toEqual({ key: 'the-key-itself', asked: plain, values: ['the-key-itself'] })
    expect(secretsOf(plain, host).asked).toBe(plain)
    expect(secretsOf(model('m'), host)).toMatchObject({ key: undefined, values: [] })
  })

  it('are sent as they are, among the headers of the model, which itself keeps none', () => {
    const given = model('m', { headers: { 'x-a': '1' }, secretHeaders: { 'x-token': 'TOKEN', 'x-key': 'KEY' } })
    const { key, asked } = secretsOf(given, host)
    expect(key).toBeUndefined()
    expect(asked).toEqual({ ...given, headers: { 'x-a': '1', 'x-token': VALUES.TOKEN, 'x-key': VALUES.KEY } })
    expect(given.headers).toEqual({ 'x-a': '1' })
  })

  it('that are not set are not sent', () => {
    expect(secretsOf(model('m', { secretHeaders: { 'x-token': 'GONE' } }), host)).toMatchObject({
      asked: { headers: {} },
      values: [],
    })
  })
})

describe('what an upstream says', () => {
  const { values } = secretsOf(
    model('m', { secret: 'KEY', secretHeaders: { a: 'TOKEN', b: 'ODD', c: 'WHOLE', d: 'SHORT' } }),
    host,
  )

  it.each([
    ['no the-key-itself here', 'no [key] here'],
    ['"Bearer the-token-itself", and the-token-itself', '"[key]", and [key]'],
    ['Token  token=the-odd-one, user=me!', '[key]!'],
    ['odd: token=the-odd-one, user=me', 'odd: [key]'],
    ['of the-key-itself-and-more nothing is left', 'of [key] nothing is left'],
    ['Basic abc', '[key]'],
    ['the abc is in every text', 'the abc is in every text'],
  ])('is cleaned of all of them: %s', (text, clean) => {
    expect(withoutSecrets(text, values)).toBe(clean)
  })

  it('is cleaned where it came as a failure, too', () => {
    const upstream = { status: 200, message: 'I do not know the-token-itself' }
    expect(scrubbedFailure({ kind: 'stream-error', upstream }, values)).toMatchObject({
      upstream: { status: 200, message: 'I do not know [key]' },
    })
    expect(scrubbedFailure({ kind: 'client-left' }, values)).toEqual({ kind: 'client-left' })
  })
})
