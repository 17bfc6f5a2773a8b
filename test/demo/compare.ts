/** Strategies side by side, each over the same requests to the same three models. */
import { parseConfig } from '../../src/config'
import routerConfig from '../../src/router.config'
import type { StrategyName } from '../../src/strategy/strategy'
import { ask, inParallel, type Message } from './ask'
import { CASES, type Case } from './case-study'
import { percent, quantile } from './table'

const ALL = { 'x-router-models': 'gpt,claude,gemini' }
const MODELS = ['gpt', 'claude', 'gemini'] as const

const STRATEGIES: readonly (readonly [name: string, kind: string, strategy: StrategyName, priority?: string])[] = [
  ['round-robin', 'static', 'round-robin'],
  ['weighted-round-robin', 'static', 'weighted-round-robin'],
  ['random', 'dynamic', 'random'],
  ['least-connections', 'dynamic', 'least-connections'],
  ['adaptive', 'dynamic', 'adaptive'],
  ['model-aware, accuracy', 'model-aware', 'model-aware', 'accuracy'],
  ['model-aware, creativity', 'model-aware', 'model-aware', 'creativity'],
  ['model-aware, cost', 'model-aware', 'model-aware', 'cost'],
]

const parsed = parseConfig(routerConfig)
if (!parsed.ok) throw new Error('the default configuration is wrong')
const { models } = parsed.value

/** The share of each model, speed as the client sees it, price by usage, and the profiles of those who answered. */
export async function compareStrategies(url: string): Promise<string[][]> {
  const cases = CASES.filter((_, index) => index % 3 === 0)
  const rows: string[][] = []
  for (const [name, kind, strategy, priority] of STRATEGIES) {
    const headers = { ...ALL, 'x-router-strategy': strategy, ...(priority !== undefined && { 'x-router-priority': priority }) }
    const answers = await inParallel(cases, 8, ({ prompt }) => ask(url, [{ role: 'user', content: prompt }], headers))
    const share = (model: string) => percent(answers.filter(answer => answer.model === model).length / answers.length)
    const mean = (figure: (answer: (typeof answers)[number]) => number) =>
      answers.reduce((sum, answer) => sum + figure(answer), 0) / answers.length
    const dollars = mean(({ model, promptTokens, answerTokens }) => {
      const price = models.get(model)?.price
      return price === undefined ? Number.NaN : (price.input * promptTokens + price.output * answerTokens) / 1_000_000
    })
    const firstTokens = answers.map(({ firstTokenMs }) => firstTokenMs)
    rows.push([
      name,
      kind,
      MODELS.map(share).join(' / '),
      `${Math.round(quantile(firstTokens, 0.5))} ms`,
      `${Math.round(quantile(firstTokens, 0.95))} ms`,
      (dollars * 1_000).toFixed(3),
      mean(({ model }) => models.get(model)?.profile.accuracy.mean ?? 0).toFixed(2),
      mean(({ model }) => models.get(model)?.profile.creativity.mean ?? 0).toFixed(2),
    ])
  }
  return rows
}

const TURNS = 4
const CONVERSATIONS = 24

/** Four turns each, of whatever topic comes; the first turn is the conversation's stable prefix. */
function conversations(): readonly (readonly Case[])[] {
  // A stride that shares no factor with the number of cases visits languages and kinds in turn
  const at = (index: number) => CASES[(index * 37) % CASES.length]
  return Array.from({ length: CONVERSATIONS }, (_, conversation) =>
    Array.from({ length: TURNS }, (_, turn) => at(conversation * TURNS + turn)).filter(item => item !== undefined),
  )
}

/** How often a turn goes where the one before went, how often to the model that the case study means it for, and who moves when a model is drained. */
export async function compareAffinity(url: string): Promise<string[][]> {
  const rows: string[][] = []
  for (const [name, headers] of [
    ['consistent-hash', { ...ALL, 'x-router-strategy': 'consistent-hash' }],
    ['contextual', {}],
  ] as const) {
    const before = await talk(url, headers)
    await patch(url, 'claude', { state: 'draining' })
    const after = await talk(url, headers)
    await patch(url, 'claude', { state: null })
    const turns = before.flat()
    const follow = before.flatMap(models => models.slice(1).map((model, index) => model === models[index]))
    const suits = conversations().flatMap((cases, index) => cases.map(({ expected }, turn) => before[index]?.[turn] === expected))
    const moved = turns.map((model, index) => ({ model, moved: after.flat()[index] !== model }))
    const own = moved.filter(({ model }) => model === 'claude')
    const others = moved.filter(({ model }) => model !== 'claude')
    rows.push([name, share(follow), share(suits), share(own.map(turn => turn.moved)), share(others.map(turn => turn.moved))])
  }
  return rows
}

const share = (flags: readonly boolean[]): string => percent(flags.filter(Boolean).length / flags.length)

/** The models that answered, by conversation and turn. */
function talk(url: string, headers: Readonly<Record<string, string>>): Promise<string[][]> {
  return inParallel(conversations(), 4, async cases => {
    const messages: Message[] = []
    const models: string[] = []
    for (const { prompt } of cases) {
      messages.push({ role: 'user', content: prompt })
      models.push((await ask(url, messages, headers)).model)
      messages.push({ role: 'assistant', content: 'I see.' })
    }
    return models
  })
}

async function patch(url: string, model: string, fields: unknown): Promise<void> {
  const response = await fetch(`${url}/admin/models/${model}`, { method: 'PATCH', body: JSON.stringify(fields) })
  if (!response.ok) throw new Error(`the change was answered with ${response.status}: ${await response.text()}`)
}
