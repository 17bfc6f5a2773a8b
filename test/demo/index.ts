/**
 * `npm run demo`: the case study on the router as `npm start` starts it. Technical support goes to GPT, creative writing to Claude, general questions to
 * Gemini, in five languages; then what the router watched, and two comparisons of strategies, computed from requests made here and now.
 */
import { startLocalRouter } from '../readme/local-router'
import { type Outcome, runCaseStudy } from './case-study'
import { compareAffinity, compareStrategies } from './compare'
import { percent, table } from './table'

const LANGUAGES = { en: 'English', de: 'German', fr: 'French', es: 'Spanish', zh: 'Chinese' } as const

const say = (text = '') => process.stdout.write(`${text}\n`)
const started = Date.now()
say('Starting the router with three simulated providers …')
const router = await startLocalRouter()
try {
  say()
  say('1. The case study: every prompt is sent to "auto"; the simulators answer, so look at who answered and not at what.')
  say()
  const outcomes = await runCaseStudy(router.url)
  for (const [language, name] of Object.entries(LANGUAGES)) {
    const [example] = outcomes.filter(outcome => outcome.language === language && outcome.kind === 'technical support')
    if (example !== undefined) say(`   ${name}: "${example.prompt}" -> ${example.route} -> ${example.model}`)
  }
  say()
  say(table(['', 'technical support -> gpt', 'creative writing -> claude', 'general -> gemini'], caseStudyRows(outcomes)))
  const wrong = outcomes.filter(outcome => outcome.model !== outcome.expected)
  for (const { prompt, expected, route, model } of wrong)
    say(`   not as meant: "${prompt}" -> ${route} -> ${model}, not ${expected}`)
  say()
  say('2. What the router watched meanwhile (GET /admin/state), model by model.')
  say()
  say(table(['model', 'requests', 'in flight', 'first token', 'per token', 'failures'], await monitored(router.url, outcomes)))
  say()
  say('3. Static, dynamic and model-aware strategies over the same three models, the same prompts, eight at a time.')
  say()
  say(
    table(
      ['strategy', 'kind', 'gpt / claude / gemini', 'first token p50', 'p95', '$ per 1,000', 'accuracy*', 'creativity*'],
      await compareStrategies(router.url),
    ),
  )
  say("   * mean of the chosen models' profiles, which are guesses until you measure your own: npm run profile")
  say()
  say('4. Consistent hashing and contextual routing, over conversations of four turns whose topic wanders.')
  say()
  say(
    table(
      ['', 'stays with its model', 'suits the topic', 'moved when claude drains: its own', 'others'],
      await compareAffinity(router.url),
    ),
  )
  say()
  say(`Done in ${Math.round((Date.now() - started) / 1000)} s.`)
  process.exitCode = wrong.length > outcomes.length * 0.15 ? 1 : 0
} finally {
  await router.close()
}

function caseStudyRows(outcomes: readonly Outcome[]): string[][] {
  return Object.entries(LANGUAGES).map(([language, name]) => [
    name,
    ...(['technical support', 'creative writing', 'general'] as const).map(kind => {
      const own = outcomes.filter(outcome => outcome.language === language && outcome.kind === kind)
      const right = own.filter(({ model, expected }) => model === expected).length
      return `${right} of ${own.length} (${percent(right / own.length)})`
    }),
  ])
}

interface Watched {
  readonly inFlight: number
  readonly baseMs: number | null
  readonly perTokenMs: number | null
  readonly failureRate: number
}

async function monitored(url: string, outcomes: readonly Outcome[]): Promise<string[][]> {
  // The last answers are told within a second
  await new Promise(resolve => setTimeout(resolve, 1_500))
  const state = (await (await fetch(`${url}/admin/state`)).json()) as { models: Record<string, Watched> }
  const ms = (figure: number | null | undefined) => (typeof figure === 'number' ? `${Math.round(figure)} ms` : 'not seen yet')
  return Object.entries(state.models).map(([model, { inFlight, baseMs, perTokenMs, failureRate }]) => [
    model,
    String(outcomes.filter(outcome => outcome.model === model).length),
    String(inFlight),
    ms(baseMs),
    ms(perTokenMs),
    percent(failureRate ?? 0),
  ])
}
