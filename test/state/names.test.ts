/** A model may have a name that every object brings along: nothing that is looked up by names may take that for an entry. */
import { describe, expect, it } from 'vitest'
import { ruleInRows, ruleOn, type Seen } from '../../src/state/central'
import { LocalLoad } from '../../src/state/local-load'
import { KnownRows, type RowsSince } from '../../src/state/rows'
import { Tracker } from '../../src/state/tracker'
import { overTheWire, START_MS } from './fleet'

const NO_RATES = { isolates: 1, arrivalsPerSecond: 0, tokensPerSecond: 0 }

type Form = 'whole snapshots' | 'changed rows'

/** Isolates and their tracker, which knows of another model at first. */
function region(form: Form) {
  const tracker = new Tracker()
  let nowMs = START_MS
  const rank = ({ loads }: Seen) => Object.keys(loads)
  return {
    tracker,
    now: () => nowMs,
    pass: (ms: number) => {
      nowMs += ms
    },
    isolate: (name: string) => {
      const load = new LocalLoad(name)
      const known = new KnownRows()
      const report = () => overTheWire({ ...load.report(nowMs), ...(form === 'changed rows' && { has: known.version }) })
      const accept = (rows: string) => {
        const arrived: RowsSince = JSON.parse(rows)
        return known.accept(arrived)
      }
      return {
        load,
        sync: () => {
          if (form === 'whole snapshots') load.accept(overTheWire(tracker.sync(report(), nowMs)), nowMs)
          else {
            const { head, rows } = tracker.answer(report(), nowMs)
            load.accept({ ...overTheWire(head), models: accept(rows) }, nowMs)
          }
        },
        /** The tracker's choice, which is the first. */
        ask: (ids: readonly string[]) => {
          const inquiry = { question: load.ask(nowMs), promptTokens: 70, ids }
          if (form === 'whole snapshots') {
            const { snapshot, seen } = ruleOn(tracker, report(), inquiry, nowMs, rank)
            load.accept(overTheWire(snapshot), nowMs)
            return overTheWire(seen.loads)
          }
          const { changes, seen } = ruleInRows(tracker, report(), inquiry, nowMs, rank)
          load.accept({ ...overTheWire(changes.head), models: accept(changes.rows) }, nowMs)
          return overTheWire(seen.loads)
        },
      }
    },
  }
}

/** All that anybody sees in the life of a model of this name. */
function lifeOf(model: string, form: Form) {
  const { tracker, isolate, now, pass } = region(form)
  const [one, two] = [isolate('one'), isolate('two')]
  const seen: unknown[] = []
  const look = () => {
    const { models } = tracker.state(now())
    seen.push(Object.entries(models), tracker.summary('somebody', now()), Object.entries(tracker.everyone([model], now())))
    for (const { load } of [one, two]) seen.push(load.load(model, now()), load.placements.modelOf('k', now()) ?? null)
  }
  const sync = () => {
    for (const { sync: tell } of [one, two, one]) {
      pass(100)
      tell()
      look()
    }
  }
  // Nobody knows of it, while something is known of another
  tracker.hear('elsewhere', { ...NO_RATES, models: { other: { held: [1, 10, 1] } } }, now())
  one.load.take('other', 40, now())
  sync()
  seen.push(two.ask([model, 'other']))
  look()
  // A report that settles the question again takes the reservation back
  for (let question = 1; question < 3; question++) two.load.settleAsked(question)
  sync()
  // It has requests and is told of, and who has none himself sees those of others
  const lease = one.load.take(model, 100, now())
  one.load.placements.remember('k', model, now(), false)
  // By then its tracker has not told him of it
  look()
  sync()
  tracker.hear('elsewhere', { ...NO_RATES, models: { [model]: { held: [2, 30, 1], failures: 1 } } }, now())
  seen.push(two.ask([model]))
  look()
  pass(50)
  lease.firstToken(now())
  sync()
  lease.settle({ verdict: 'succeeded', perTokenMs: 12, outputTokens: 40 }, now())
  sync()
  const { inFlight, firstToken } = two.load.load(model, now())
  return {
    inFlight,
    isFirstTokenKnown: firstToken !== undefined,
    conversationIsAt: two.load.placements.modelOf('k', now()) === model ? 'it' : 'no known place',
    seen: JSON.stringify(seen).replaceAll(JSON.stringify(model), '"its name"'),
  }
}

describe.each<Form>(['whole snapshots', 'changed rows'])('a model in %s', form => {
  it.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty'])('called %s is like any other', name => {
    const life = lifeOf(name, form)
    expect(life).toMatchObject({ inFlight: 2, isFirstTokenKnown: true, conversationIsAt: 'it' })
    expect(life).toEqual(lifeOf('plain', form))
  })
})
