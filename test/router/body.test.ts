import { describe, expect, it } from 'vitest'
import { readText } from '../../src/router/body'

function bodyOf(...pieces: readonly string[]) {
  const state = { isCancelled: false }
  const left = pieces.map(piece => new TextEncoder().encode(piece))
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const next = left.shift()
        if (next === undefined) controller.close()
        else controller.enqueue(next)
      },
      cancel() {
        state.isCancelled = true
      },
    },
    { highWaterMark: 0 },
  )
  return { body, state, left }
}

describe('a body', () => {
  it('is read whole, whatever it was cut into', async () => {
    const text = 'Wörld 🌍'
    const whole = new TextEncoder().encode(text)
    for (let cut = 0; cut <= whole.byteLength; cut++) {
      const body = new Response(new Blob([whole.slice(0, cut), whole.slice(cut)])).body
      expect(await readText(body, 1_000)).toEqual({ text, isWhole: true })
    }
    expect(await readText(null, 10)).toEqual({ text: '', isWhole: true })
    expect(await readText(bodyOf().body, 10)).toEqual({ text: '', isWhole: true })
  })

  it('may fill its limit to the last byte', async () => {
    expect(await readText(bodyOf('12345', '67890').body, 10)).toEqual({ text: '1234567890', isWhole: true })
  })

  it('beyond its limit is cut there, and the rest is not read', async () => {
    const { body, state, left } = bodyOf('12345', '67890', 'abc', 'def')
    expect(await readText(body, 8)).toEqual({ text: '12345678', isWhole: false })
    expect(state.isCancelled).toBe(true)
    expect(left).toHaveLength(2)
  })

  it('beyond its limit in its first piece is cut there too', async () => {
    expect(await readText(bodyOf('1234567890').body, 4)).toEqual({ text: '1234', isWhole: false })
  })

  it('that breaks rejects', async () => {
    const body = new ReadableStream<Uint8Array>({ start: controller => controller.error(new Error('reset')) })
    await expect(readText(body, 10)).rejects.toThrow('reset')
  })
})
