import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { responseReader } from './response-reader'

const CHUNKED = Buffer.from(
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6;ext=1\r\nGr\u00fc\u00df\r\n2\r\ne!\r\n0\r\n\r\n',
)
const PLAIN = Buffer.from('HTTP/1.1 404 Not Found\r\ncontent-length: 5\r\nx-a: b: c\r\n\r\nhello')

describe('a response', () => {
  it('is the same wherever its bytes are split', () => {
    for (const [bytes, status, body] of [
      [CHUNKED, 200, 'Gr\u00fc\u00dfe!'],
      [PLAIN, 404, 'hello'],
    ] as const) {
      fc.assert(
        fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), cuts => {
          const reader = responseReader()
          const ends = [...cuts.sort((a, b) => a - b), bytes.length]
          ends.reduce((start, end) => {
            reader.push(bytes.subarray(start, end))
            return end
          }, 0)
          expect(reader.response()).toMatchObject({ status, body, complete: true })
        }),
        { seed: 1 },
      )
    }
  })

  it('is incomplete as long as its framing promises more, and stays what it was when it was looked at', () => {
    const reader = responseReader()
    reader.push(CHUNKED.subarray(0, 60))
    const early = reader.response()
    expect(early?.complete).toBe(false)
    reader.push(CHUNKED.subarray(60))
    expect(reader.response()?.complete).toBe(true)
    expect(early?.body).not.toBe(reader.response()?.body)
  })

  it('is not there before its head is, and keeps colons in values', () => {
    const reader = responseReader()
    reader.push(PLAIN.subarray(0, 20))
    expect(reader.response()).toBeUndefined()
    reader.push(PLAIN.subarray(20))
    expect(reader.response()?.headers).toEqual({ 'content-length': '5', 'x-a': 'b: c' })
  })
})
