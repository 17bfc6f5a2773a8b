/** The command line as data, or what is wrong with it. Keys may come from the environment, where other users of the machine do not see them. */
import { parseArgs } from 'node:util'
import type { Price } from '../../src/model'

export const USAGE = `npm run profile -- [options]

  --url URL            the router (http://localhost:8787)
  --key KEY            a client key (or the variable ROUTER_KEY); none is needed locally
  --models A,B         only these, by their ids (all that chat)
  --out FILE           where the profile goes (.wrangler/profile.json)
  --budget-usd N       the most that the run may cost, earlier parts of it included (1)
  --price IN,OUT       US dollars per million tokens for models whose price nobody knows; 0,0 for your own
  --judge MODEL        a model that compares creative answers; it does not judge its own
  --repeat N           ask everything so often (1)
  --concurrency N      requests at a time, over all models (2)
  --seed N             draws the questions and the order of options (1)
  --whole              ask the whole set, not the part that the seed draws
  --plan               only say how many calls it would be, and what they would cost
  --apply              send the profile to the router when it is complete
  --admin-key KEY      for --apply (or the variable ROUTER_ADMIN_KEY)`

export interface Options {
  /** Without a trailing slash. */
  readonly url: string
  readonly key: string | undefined
  readonly models: readonly string[] | undefined
  readonly out: string
  readonly budgetUsd: number
  readonly price: Price | undefined
  readonly judge: string | undefined
  readonly repeat: number
  readonly concurrency: number
  readonly seed: number
  readonly whole: boolean
  readonly plan: boolean
  readonly apply: boolean
  readonly adminKey: string | undefined
}

export type Read =
  | { readonly kind: 'options'; readonly options: Options }
  | { readonly kind: 'help' }
  | { readonly kind: 'wrong'; readonly why: string }

const FLAGS = {
  url: { type: 'string', default: 'http://localhost:8787' },
  key: { type: 'string' },
  models: { type: 'string' },
  out: { type: 'string', default: '.wrangler/profile.json' },
  'budget-usd': { type: 'string', default: '1' },
  price: { type: 'string' },
  judge: { type: 'string' },
  repeat: { type: 'string', default: '1' },
  concurrency: { type: 'string', default: '2' },
  seed: { type: 'string', default: '1' },
  whole: { type: 'boolean', default: false },
  plan: { type: 'boolean', default: false },
  apply: { type: 'boolean', default: false },
  'admin-key': { type: 'string' },
  help: { type: 'boolean', default: false },
} as const

export function readOptions(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Read {
  try {
    const { values } = parseArgs({ args: [...args], options: FLAGS })
    if (values.help) return { kind: 'help' }
    const adminKey = values['admin-key'] ?? env.ROUTER_ADMIN_KEY
    return {
      kind: 'options',
      options: {
        url: urlOf(values.url),
        key: values.key ?? env.ROUTER_KEY,
        models: values.models?.split(',').map(model => model.trim()),
        out: values.out,
        budgetUsd: amount('budget-usd', values['budget-usd']),
        price: values.price === undefined ? undefined : priceOf(values.price),
        judge: values.judge,
        repeat: whole('repeat', values.repeat, 1, 100),
        concurrency: whole('concurrency', values.concurrency, 1, 64),
        seed: whole('seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
        whole: values.whole,
        plan: values.plan,
        apply: values.apply,
        adminKey,
      },
    }
  } catch (error) {
    // parseArgs, and the readers below, throw for nothing but what was typed
    return { kind: 'wrong', why: error instanceof Error ? error.message : String(error) }
  }
}

function urlOf(text: string): string {
  const url = URL.parse(text)
  if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`--url: expected http://… or https://…, found "${text}"`)
  return text.replace(/\/+$/, '').replace(/\/v1$/, '')
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isInteger(value) || value < min || value > max)
    throw new Error(`--${flag}: expected a whole number from ${min} to ${max}, found "${text}"`)
  return value
}

function amount(flag: string, text: string): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new Error(`--${flag}: expected an amount of at least 0, found "${text}"`)
  return value
}

function priceOf(text: string): Price {
  const [input, output, ...more] = text.split(',')
  if (input === undefined || output === undefined || more.length > 0)
    throw new Error(`--price: expected two amounts with a comma between them, found "${text}"`)
  return { input: amount('price', input), output: amount('price', output) }
}
