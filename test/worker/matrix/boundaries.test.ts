/**
 * Wherever the network cuts a stream into pieces, and however its lines end, its text arrives complete; and wherever the stream breaks off, it does not
 * look finished. Through the built Worker: the native path and both translations.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROVIDER_NAMES, type ProviderName } from '../../providers/provider'
import { modelAt, type Router, startRouter } from '../../support/router'
import { type Plan, startUpstream, type Upstream } from '../../support/upstream'
import { FRAMINGS } from './framing'
import { inPieces, recordedEvents } from './recorded'
import { type Sight, sightOf } from './sight'

/** Characters of one to four bytes, joined ones, and those that JSON escapes. */
const DELTAS = ['Grüße, 世界! 👋🏽', ' “quoted” \\ back\nslash\ttab', ' {"a": [1]} end.']
const TEXT = DELTAS.join('')
const SEED = 20_261_124
/** Random splits per framing and dialect. */
const SPLITS = 10
/** Random places to break off, per way and dialect. */
const BREAKS = 40

let upstream: Upstream
let router: Router
/** By the model's upstream name: cases run side by side. */
const plans = new Map<string, Plan>()
const NAMES = Array.from({ length: 100 }, (_, index) => `m${index}`)
let used = 0

beforeAll(async () => {
  upstream = await startUpstream(({ model = '' }) => plans.get(model) ?? { kind: 'silence' })
  const models = PROVIDER_NAMES.flatMap(dialect =>
    NAMES.map(name => [`${dialect}-${name}`, modelAt(upstream.url, dialect, { model: `${dialect}-${name}` })] as const),
  )
  router = await startRouter({ config: { models: Object.fromEntries(models), limits: { firstTokenMs: 5_000, idleMs: 5_000 } } })
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

/** Each with a model of its own in turn, so that the failures of one do not get another ejected. */
async function see(dialect: ProviderName, plan: Plan): Promise<Sight> {
  const model = `${dialect}-${NAMES[used++ % NAMES.length]}`
  plans.set(model, plan)
  return sightOf(await router.chat({ model, stream: true, messages: [{ role: 'user', content: 'Say it.' }] }))
}

describe.each(PROVIDER_NAMES)('a stream of %s', dialect => {
  const events = recordedEvents(dialect, { pieces: [{ kind: 'text', deltas: DELTAS }] })
  const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
  const expectWhole = async (plan: Plan) => {
    const { line, content } = await see(dialect, plan)
    expect({ line, content }).toEqual({ line: 'answer', content: TEXT })
  }

  it.concurrent.each(FRAMINGS)('is complete when every byte comes alone, framed with $name', async ({ write }) => {
    const bytes = bytesOf(write(events))
    await expectWhole(inPieces(bytes, new Array<number>(bytes.byteLength).fill(1)))
  })

  it.concurrent.each(FRAMINGS)('is complete wherever it is split, framed with $name', async ({ write }) => {
    const bytes = bytesOf(write(events))
    const sizes = fc.array(fc.integer({ min: 1, max: bytes.byteLength }), { minLength: 1, maxLength: 12 })
    const claim = fc.asyncProperty(sizes, split => expectWhole(inPieces(bytes, split)))
    await fc.assert(claim, { seed: SEED, numRuns: SPLITS })
  })

  it.concurrent.each(['cut', 'end'] as const)('that breaks off (%s) anywhere never looks finished', async ending => {
    const whole = bytesOf(events.join(''))
    // The last event without its blank line is still whole to a lenient reader, and no claim is made of those few bytes
    const mustFail = whole.byteLength - (events.at(-1) ?? '').length
    const claim = fc.asyncProperty(fc.integer({ min: 1, max: mustFail }), async kept => {
      const { line, content } = await see(dialect, inPieces(whole.subarray(0, kept), [Math.floor(kept / 2)], ending))
      expect(line).toMatch(/^(502 upstream_(cut|malformed)|error event upstream_(cut|malformed)( behind a finish_reason)?)$/)
      expect(TEXT.startsWith(content)).toBe(true)
    })
    await fc.assert(claim, { seed: SEED, numRuns: BREAKS })
  })
})
