import { describe, expect, it } from 'vitest'
import { inTimeOrKeptAlive, type Waiting } from '../../src/http/keep-alive'
import { fail, ok, type Result } from '../../src/outcome'
import { settled, VirtualWorld } from '../router/virtual-world'

/** In workerd, since what the client gets is an identity stream of its runtime. The clock is virtual. */

const PULSE = ': waiting\n\n'
type Journey = Result<string, string>

function given() {
  const world = new VirtualWorld()
  const awaited: Promise<unknown>[] = []
  const answer = new IdentityTransformStream()
  const answering = answer.writable.getWriter()
  let arrive = (_: Journey) => {}
  let break_ = (_: Error) => {}
  const waiting: Waiting<string, string> = {
    journey: new Promise<Journey>((resolve, reject) => {
      arrive = resolve
      break_ = reject
    }),
    everyMs: 100,
    pulse: PULSE,
    world,
    waitUntil: promise => {
      awaited.push(promise)
    },
    bodyOf: () => answer.readable,
    factsOf: name => `facts of ${name}`,
    errorOf: failure => `data: ${failure}\n\n`,
  }
  const response = inTimeOrKeptAlive(waiting)
  return {
    world,
    awaited,
    response,
    arrive: async (journey: Journey) => {
      arrive(journey)
      await settled()
    },
    breakDown: (error: Error) => break_(error),
    /** What the answer's own body says. */
    say: (text: string) => answering.write(new TextEncoder().encode(text)),
    finish: () => answering.close(),
    answering,
    /** The body of a response that has started, as far as it has come. */
    body: async () => {
      const body = await response
      if (!(body instanceof ReadableStream)) throw new Error('the response has not started')
      return reading(body)
    },
  }
}

function reading(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader()
  const decoder = new TextDecoder()
  const seen = { text: '', isOver: false, error: undefined as unknown }
  const pump = async () => {
    for (let read = await reader.read(); !read.done; read = await reader.read())
      seen.text += decoder.decode(read.value, { stream: true })
    seen.isOver = true
  }
  const pumped = pump().catch(error => {
    seen.error = error
  })
  return { seen, pumped, leave: () => reader.cancel('gone') }
}

describe('an answer that comes in time', () => {
  it.each<[string, Journey]>([
    ['is handed on as it is', ok('a')],
    ['and so is a failure: its status is still its own', fail('No.')],
  ])('%s, and the timer is called off', async (_, journey) => {
    const { world, response, arrive, awaited } = given()
    await world.pass(99)
    await arrive(journey)
    expect(await response).toEqual(journey)
    expect(world.armed).toBe(0)
    expect(awaited).toEqual([])
  })
})

describe('an answer that does not', () => {
  it('lets the response begin with a sign of life, repeated while it is awaited', async () => {
    const { world, body, arrive, say, finish, awaited } = given()
    await world.pass(100)
    const { seen, pumped } = await body()
    await settled()
    expect(seen.text).toBe(PULSE)
    await world.pass(99)
    expect(seen.text).toBe(PULSE)
    await world.pass(1)
    expect(seen.text).toBe(PULSE.repeat(2))
    await world.pass(1_000)
    expect(seen.text).toBe(PULSE.repeat(12))
    await arrive(ok('a'))
    await say('data: Hi\n\n')
    await finish()
    await pumped
    await Promise.all(awaited)
    expect(seen).toMatchObject({ text: `${PULSE.repeat(12)}data: Hi\n\n: facts of a\n\n`, isOver: true })
    expect(world.armed).toBe(0)
  })

  it('is passed on piece by piece as it comes, without any more signs of life', async () => {
    const { world, body, arrive, say, finish, awaited } = given()
    await world.pass(100)
    const { seen, pumped } = await body()
    await arrive(ok('a'))
    for (const piece of ['one', 'two']) {
      await say(piece)
      await world.pass(5_000)
      expect(seen.text.endsWith(piece)).toBe(true)
    }
    await finish()
    await pumped
    await Promise.all(awaited)
    expect(seen.text).toBe(`${PULSE}onetwo: facts of a\n\n`)
  })

  it('and fails says so in the stream, which then ends', async () => {
    const { world, body, arrive, awaited } = given()
    await world.pass(100)
    const { seen, pumped } = await body()
    await arrive(fail('All failed.'))
    await pumped
    await Promise.all(awaited)
    expect(seen).toMatchObject({ text: `${PULSE}data: All failed.\n\n`, isOver: true })
    expect(world.armed).toBe(0)
  })
})

describe('a client that leaves', () => {
  it('while it waits is no error, and the journey is still awaited', async () => {
    const { world, body, arrive, awaited } = given()
    await world.pass(100)
    const { leave } = await body()
    await settled()
    await leave()
    await world.pass(300)
    await arrive(fail('client-left'))
    await Promise.all(awaited)
    expect(world.armed).toBe(0)
  })

  it('during the answer cancels it, so that nobody writes for ever', async () => {
    const { world, body, arrive, say, answering, awaited } = given()
    await world.pass(100)
    const { leave } = await body()
    await arrive(ok('a'))
    await say('one')
    await leave()
    // The first write may still be taken into the pipe; the one after it finds nobody
    await say('two').catch(() => undefined)
    await expect(answering.closed).rejects.toBeDefined()
    await Promise.all(awaited)
  })
})

it('a journey that breaks down by a bug breaks the response off: it neither hangs nor looks finished', async () => {
  const { world, body, breakDown, awaited } = given()
  await world.pass(100)
  const { seen, pumped } = await body()
  const caught = Promise.allSettled(awaited)
  breakDown(new Error('a bug'))
  await pumped
  expect(seen.isOver).toBe(false)
  expect(seen.error).toBeDefined()
  expect(await caught).toMatchObject([{ status: 'rejected', reason: { message: 'a bug' } }])
})
