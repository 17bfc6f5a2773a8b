/** A profiling run from its options to its exit code: draw the questions, ask every model, let the judge compare, grade, write, show, send. */
import { mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Measured } from '../../src/profile/measure'
import type { Question } from '../../src/profile/question'
import { apply } from './apply'
import { type Call, callOf, questionCall } from './call'
import { profileOf } from './grading'
import { type Journal, openJournal } from './journal'
import { matchesOf, pairings, pointsByModel } from './judging'
import { createLedger, type Ledger } from './ledger'
import { findTargets, type Target } from './models'
import type { Options } from './options'
import { type Estimate, estimateOf, planTable } from './plan'
import { createProgress, usd } from './progress'
import { createRunner, type Ending, type Runner } from './runner'
import { type Results, resultTable, topicTable } from './table'
import { drawQuestions, hashOf, readItems } from './tasks'
import type { World } from './world'

export const EXIT = { done: 0, failed: 1, wrong: 2, budget: 3, stopped: 130 } as const

/** Two answers and the judge's own words around them, characters. */
const JUDGED_CHARACTERS = 2_500

interface Run {
  readonly options: Options
  readonly targets: readonly Target[]
  readonly judge: Target | undefined
  readonly questions: readonly Question[]
  /** In the order in which they are asked: each question to every model before the next, so that a run cut short is fair to all. */
  readonly calls: readonly Asked[]
}

interface Asked {
  readonly call: Call
  readonly question: Question
}

export async function profile(options: Options, world: World): Promise<number> {
  const found = await findTargets(options, world)
  if (found.kind === 'wrong') {
    world.print(`Nothing was asked: ${found.why}`)
    return world.signal.aborted ? EXIT.stopped : EXIT.failed
  }
  const questions = drawQuestions(await readItems(), options.seed, options.whole)
  const repeats = Array.from({ length: options.repeat }, (_, index) => index)
  const calls = repeats.flatMap(repeat =>
    questions.flatMap(question => found.profiled.map(target => ({ question, call: questionCall(target, question, repeat) }))),
  )
  const run: Run = { options, targets: found.profiled, judge: found.judge, questions, calls }
  if (options.plan) {
    world.print(`${questions.length} questions by seed ${options.seed}, to each of ${found.profiled.length} models:`)
    world.print(
      planTable(
        calls.map(({ call }) => call),
        judgingEstimate(run),
      ),
    )
    return EXIT.done
  }
  return carryOut(run, world)
}

/** From made-up answers of the usual length: there are no others yet. */
function judgingEstimate({ judge, targets, questions, options }: Run): Estimate | undefined {
  if (judge === undefined) return undefined
  const meetings = pairings(judge, targets, briefsOf(questions), options.seed)
  const calls = meetings.flatMap(({ brief }) =>
    ['a', 'b'].map(order => callOf(judge, brief, 'word '.repeat(JUDGED_CHARACTERS / 5), 0, order === 'a' ? 0 : 1)),
  )
  return estimateOf(calls)
}

const briefsOf = (questions: readonly Question[]): readonly Question[] => questions.filter(({ item }) => item.kind === 'brief')

async function carryOut(run: Run, world: World): Promise<number> {
  const { options } = run
  const journal = await openJournal(options.out)
  const ledger = createLedger(options.budgetUsd, journal.spentUsd)
  if (journal.answers.size > 0 || journal.spentUsd > 0)
    world.print(
      `Going on with ${journal.path}: ${journal.answers.size} answers, ${usd(journal.spentUsd)} spent. Delete it to begin anew.`,
    )
  if (journal.torn > 0) world.print(`${journal.torn} lines of it cannot be read and are passed over.`)
  const runner = createRunner(options, options.concurrency, ledger, journal, world)

  const asked = await through(
    run.calls.map(({ call }) => call),
    runner,
    ledger,
    world,
  )
  const matches =
    run.judge === undefined
      ? []
      : matchesOf(run.judge, run.targets, briefsOf(run.questions), options.seed, (target, question) =>
          journal.answers.get(questionCall(target, question, 0).key),
        )
  const ending =
    asked === 'done'
      ? await through(
          matches.flatMap(({ straight, swapped }) => [straight, swapped]),
          runner,
          ledger,
          world,
        )
      : asked
  if (ending === 'stopped') {
    world.print(`Stopped. ${journal.answers.size} answers are kept in ${journal.path}; the same command goes on from there.`)
    return EXIT.stopped
  }
  const points = pointsByModel(matches, journal.answers)
  const results = resultsOf(run, runner, journal, points)
  const written = await write(run, results, ending, world)
  show(run, results, runner, world)
  return ending === 'budget' ? outOfBudget(run, journal, ledger, world) : finish(run, journal, written, results, world)
}

async function through(calls: readonly Call[], runner: Runner, ledger: Ledger, world: World): Promise<Ending> {
  const progress = createProgress(world)
  const ending = await runner.run(calls, done => {
    const failed = [...runner.tallies.values()].reduce((sum, tally) => sum + tally.failed, 0)
    progress({ done, total: calls.length, spentUsd: ledger.spentUsd, limitUsd: ledger.limitUsd, failed })
  })
  world.status?.('')
  return ending
}

function resultsOf(
  { targets, calls, options }: Run,
  runner: Runner,
  journal: Journal,
  points: ReturnType<typeof pointsByModel>,
): Results {
  return Object.fromEntries(
    targets.map(({ id }) => {
      const answered = calls.flatMap(({ call, question }) => {
        const answer = call.target.id === id ? journal.answers.get(call.key) : undefined
        return answer === undefined ? [] : [{ question, answer }]
      })
      return [
        id,
        {
          profile: profileOf(answered, points.get(id), options.seed),
          tally: runner.tallies.get(id),
          usd: journal.usdByModel.get(id) ?? 0,
        },
      ]
    }),
  )
}

const isMeasured = ({ accuracy, creativity, ethics }: Measured): boolean =>
  accuracy !== undefined || creativity !== undefined || ethics !== undefined

/** The profile's text. Written beside and moved, so that a reader never finds half of it. Models without any answer are not in it. */
async function write({ options, questions, judge }: Run, results: Results, ending: Ending, world: World): Promise<string> {
  const measuredOnes = Object.entries(results).filter(([, { profile: each }]) => isMeasured(each))
  const file = {
    version: 1,
    measuredAt: world.date().toISOString(),
    seed: options.seed,
    tasks: hashOf(questions),
    complete: ending === 'done',
    ...(judge !== undefined && { judge: judge.name }),
    profiles: Object.fromEntries(measuredOnes.map(([id, each]) => [id, each.profile])),
    runs: Object.fromEntries(
      Object.entries(results).map(([id, { tally, usd: spent }]) => [
        id,
        {
          failed: tally?.failed ?? 0,
          retried: tally?.retried ?? 0,
          usd: Math.round(spent * 1e6) / 1e6,
          lastFailure: tally?.why ?? null,
        },
      ]),
    ),
  }
  const text = `${JSON.stringify(file, null, 2)}\n`
  await mkdir(dirname(options.out), { recursive: true })
  await writeFile(`${options.out}.new`, text)
  await rename(`${options.out}.new`, options.out)
  return text
}

function show({ options, judge, targets }: Run, results: Results, runner: Runner, world: World): void {
  world.print(`\n${resultTable(results)}\n\n${topicTable(results)}\n`)
  for (const [id, { failed, why, isGivenUp }] of runner.tallies) {
    if (failed > 0)
      world.print(`${id}: ${failed} questions without an answer${isGivenUp ? ', given up' : ''}. Last: ${why ?? 'unknown'}`)
  }
  if (judge !== undefined && targets.some(({ id, name }) => id === judge.id || name === judge.name))
    world.print(
      `${judge.id} judged the others and not itself: its own creativity is the metric alone and does not compare with theirs.`,
    )
  world.print(`The profile is in ${options.out}.`)
}

function outOfBudget({ options, calls }: Run, journal: Journal, ledger: Ledger, world: World): number {
  const answered = calls.filter(({ call }) => journal.answers.has(call.key)).length
  world.print(
    `The budget ends here: ${usd(ledger.spentUsd)} of ${usd(options.budgetUsd)} spent, ${answered} of ${calls.length} answers. The next call might have passed it. ` +
      'The same command with a larger --budget-usd goes on from there.',
  )
  if (options.apply) world.print('It was not sent to the router: it is not complete.')
  return EXIT.budget
}

async function finish({ options }: Run, journal: Journal, written: string, results: Results, world: World): Promise<number> {
  const unmeasured = Object.entries(results).filter(([, { profile: each }]) => !isMeasured(each))
  if (unmeasured.length === Object.keys(results).length) {
    world.print('No model gave a single answer.')
    return EXIT.failed
  }
  world.print(`Every answer is in ${await journal.close()}.`)
  if (!options.apply) return unmeasured.length > 0 ? EXIT.failed : EXIT.done
  const applied = await apply(options.url, options.adminKey, written, world)
  world.print(
    applied.ok ? `The router took it: version ${applied.version ?? 'unknown'}.` : `The router did not take it. ${applied.why}`,
  )
  return applied.ok && unmeasured.length === 0 ? EXIT.done : EXIT.failed
}
