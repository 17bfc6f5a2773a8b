/** What README.md states about the code, held against the code: its tables, figures, links and endpoints. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import packageJson from '../../package.json'
import { type ConfigInput, CREDENTIAL_FIELDS, parseConfig } from '../../src/config'
import { DEFAULT_MIN_CONFIDENCE } from '../../src/context/condition'
import { MODALITIES, TASKS, TOPICS } from '../../src/context/features'
import { ROUTER_HEADERS } from '../../src/http/facts'
import { CAPABILITIES, PRIORITIES, PROVIDERS } from '../../src/model'
import { parseControls } from '../../src/router/controls'
import { GATE_BYTES } from '../../src/router/gate'
import { HEALTHY, type Health, isEjected, observeResults } from '../../src/state/ejection'
import { intervalMsFor, MAX_INTERVAL_MS, MAX_SYNCS_PER_SECOND } from '../../src/state/sync-pace'
import { SYNC_TIMEOUT_MS } from '../../src/state/sync-schedule'
import { LEASE_MS } from '../../src/state/tracker'
import { strategies } from '../../src/strategy/strategies'
import { STRATEGIES } from '../../src/strategy/strategy'
import { anchorsOf, linksOf, spansOf, subjectOf, tableOf } from './markdown'
import { ROOT } from './run'

const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
const rowsOf = (first: string) => tableOf(readme, first).map(row => ({ subject: subjectOf(row), row }))
const subjectsOf = (first: string) => rowsOf(first).map(({ subject }) => subject)
const rowOf = (first: string, subject: string): readonly string[] => {
  const found = rowsOf(first).find(row => row.subject === subject)
  if (found === undefined) throw new Error(`README.md has no row "${subject}" under "${first}"`)
  return found.row
}

describe('links', () => {
  const links = linksOf(readme)

  test.each(links.filter(link => !link.startsWith('#') && !link.startsWith('http')))('the file %s exists', link => {
    expect(existsSync(join(ROOT, link))).toBe(true)
  })

  test.each(links.filter(link => link.startsWith('#')))('the heading %s exists', link => {
    expect(anchorsOf(readme)).toContain(link.slice(1))
  })
})

describe('strategies', () => {
  test('every strategy has a row, in the order of the code', () => {
    expect(subjectsOf('Strategy')).toEqual([...STRATEGIES])
  })

  test.each(STRATEGIES)(
    'the row of %s names its file, and says when to use it, when it fails and what its score is',
    async name => {
      const [, file = '', ...words] = rowOf('Strategy', name)
      const [path = ''] = linksOf(file)
      expect(strategies[name].name).toBe(name)
      expect(await readFile(join(ROOT, path), 'utf8')).toContain(`name: '${name}'`)
      expect(words).toHaveLength(3)
      for (const cell of words) expect(cell.length).toBeGreaterThan(10)
    },
  )
})

/** As little as a configuration can say, around one model and one route. */
const smallest = (model: Partial<ConfigInput['models'][string]> = {}, id = 'one') => {
  const parsed = parseConfig({
    models: { one: { provider: 'openai', model: 'nobody-knows-it', ...model } },
    routes: [{ name: 'default', use: ['one'] }],
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure))
  const [route] = parsed.value.routes
  const one = parsed.value.models.get(id)
  if (route === undefined || one === undefined) throw new Error('the configuration lost something')
  return { config: parsed.value, route, model: one }
}

describe('configuration', () => {
  const { config, route, model } = smallest()
  const [member = {}] = smallest({ credentials: { only: {} } }, 'one:only').config.models.values()
  const withoutRoutes = parseConfig({ models: { one: { provider: 'openai', model: 'm' } } })
  const defaults: Readonly<Record<string, object>> = {
    Field: withoutRoutes.ok ? withoutRoutes.value : {},
    'Model field': model,
    'Credential field': member,
    'Route field': route,
    Limit: config.limits,
    'Access field': config.access,
    'Feedback field': config.feedback,
  }

  test.each([
    ['Field', Object.keys(config).filter(field => field !== 'warnings')],
    // `id` is the key, `name` what the file calls `model`, and of credentials each becomes a model `of` the configured one
    [
      'Model field',
      [
        ...Object.keys(model).flatMap(field => (['id', 'of'].includes(field) ? [] : field === 'name' ? ['model'] : [field])),
        'credentials',
      ],
    ],
    ['Credential field', CREDENTIAL_FIELDS],
    ['Route field', Object.keys(route)],
    ['Limit', Object.keys(config.limits)],
    ['Access field', [...Object.keys(config.access), 'jwt']],
    ['Feedback field', Object.keys(config.feedback)],
  ])('the table "%s" has a row for every field and none for any other', (first, fields) => {
    expect(subjectsOf(first).toSorted()).toEqual([...new Set(fields)].toSorted())
  })

  test.each(
    Object.keys(defaults).flatMap(first =>
      rowsOf(first).flatMap(({ subject, row }) => {
        const [literal, ...more] = spansOf(row[1] ?? '')
        const isLiteral = literal !== undefined && more.length === 0 && isJson(literal)
        return isLiteral ? [{ first, subject, literal }] : []
      }),
    ),
  )('the default of $subject is $literal', ({ first, subject, literal }) => {
    const actual: unknown = Object.entries(defaults[first] ?? {}).find(([field]) => field === subject)?.[1]
    const plain = actual instanceof Map ? Object.fromEntries(actual) : actual
    expect(JSON.parse(literal)).toEqual(plain)
  })

  test('the default secrets are those of the providers', () => {
    const [, cell = ''] = rowOf('Model field', 'secret')
    const secrets = (['openai', 'anthropic', 'google'] as const).map(provider => smallest({ provider }).model.secret)
    expect(spansOf(cell)).toEqual(secrets)
    const compatible = smallest({ provider: 'openai-compatible', baseUrl: 'https://example.com' })
    expect(compatible.model.secret).toBeUndefined()
  })

  test('every secret in the table of secrets is one that a default configuration reads', () => {
    const names = (['openai', 'anthropic', 'google'] as const).map(provider => smallest({ provider }).model.secret)
    expect(subjectsOf('Secret')).toEqual([config.access.keys, 'ROUTER_ADMIN_KEY', ...names])
  })

  test.each([
    ['Model field', 'provider', PROVIDERS],
    ['Model field', 'capabilities', CAPABILITIES],
    ['Condition', 'topic', TOPICS],
    ['Condition', 'task', TASKS],
    ['Condition', 'modality', MODALITIES],
  ])('under "%s", the row of %s lists every value', (first, subject, values) => {
    expect(spansOf(rowOf(first, subject)[2] ?? '')).toEqual([...values])
  })

  test('every condition has a row', () => {
    const wrong = parseConfig({
      models: { one: { provider: 'openai', model: 'm' } },
      routes: [{ name: 'r', use: ['one'], when: { weather: ['fine'] } }],
    })
    const expected = wrong.ok ? '' : (wrong.failure[0]?.expected ?? '')
    expect(expected).toBe(
      `only ${subjectsOf('Condition')
        .join(', ')
        .replace(/, (claims)/, ' and $1')}`,
    )
  })

  test.each(rowsOf('Condition'))('the example of the condition $subject is a valid one', ({ subject, row }) => {
    const [example = ''] = spansOf(row[1] ?? '')
    const when = { [subject.replace('<name>', 'tier')]: JSON.parse(example) as unknown }
    const routes = [{ name: 'r', use: ['one'], when }]
    expect(parseConfig({ models: { one: { provider: 'openai', model: 'm' } }, routes })).toMatchObject({ ok: true })
  })

  test('the confidence that a guess needs is the one stated', () => {
    expect(readme).toContain(`\`${DEFAULT_MIN_CONFIDENCE}\` do not match`)
  })
})

describe('requests and answers', () => {
  const chat = { model: 'auto', messages: [{ role: 'user' as const, content: 'hello' }] }
  const nothing = parseControls(chat, () => null)
  const controls = nothing.ok ? nothing.value : undefined

  test('every control has a row', () => {
    expect(subjectsOf('Control')).toHaveLength(Object.keys(controls ?? {}).length)
  })

  test.each(rowsOf('Control'))('the control $subject takes its example', ({ subject, row }) => {
    const [example = ''] = spansOf(row[1] ?? '')
    const parsed = parseControls(chat, name => (name === subject ? example : null))
    expect(parsed).toMatchObject({ ok: true })
    expect(parsed).not.toEqual(nothing)
  })

  test('every priority is named', () => {
    expect(spansOf(rowOf('Control', 'x-router-priority')[2] ?? '')).toEqual(['model-aware', ...PRIORITIES])
  })

  test('every header that a browser may read has a row', () => {
    expect(subjectsOf('Header')).toEqual([...ROUTER_HEADERS])
  })
})

describe('load state', () => {
  const figure = (name: string): string => rowOf('Figure', name)[1] ?? ''

  test('the times of leases, intervals and calls are those of the code', () => {
    expect(figure('Lease')).toContain(`${LEASE_MS / 1000} s`)
    const intervals = [intervalMsFor(1), intervalMsFor(400), intervalMsFor(1_000_000)]
    expect(figure('Interval')).toMatch(
      new RegExp(`${intervals[0]} ms at few .* ${intervals[1]} ms at 400, ${intervals[2]} ms at most`),
    )
    expect(figure('Call')).toContain(`${SYNC_TIMEOUT_MS} ms`)
    expect(figure('Commit')).toContain(`${GATE_BYTES / 1024} KiB`)
  })

  test('the intervals by isolates and shards are those of the code', () => {
    const rows = tableOf(readme, 'Busy isolates')
    const figures = (text: string) => Number(text.replace(/[^0-9]/g, ''))
    for (const [isolates = '', ...cells] of rows)
      for (const [index, cell] of cells.entries()) {
        const each = figures(isolates) / 2 ** index
        const isTooMany = (each * 1_000) / MAX_SYNCS_PER_SECOND > MAX_INTERVAL_MS
        if (isTooMany) expect(cell).toBe('too many')
        else expect(figures(cell)).toBe(intervalMsFor(each))
      }
    expect(rows.length).toBeGreaterThan(3)
  })

  test('ejection starts after so many failures in a row', () => {
    const [, count = ''] = /after (\d+) failures in a row/.exec(figure('Ejection')) ?? []
    expect(isEjected(observeResults(HEALTHY, 0, Number(count) - 1, 1_000))).toBe(false)
    expect(isEjected(observeResults(HEALTHY, 0, Number(count), 1_000))).toBe(true)
  })

  test('ejection starts at such a share of so many attempts, and at so many in a row whatever came before', () => {
    const [, percent = '', count = ''] = /at (\d+) % of at least (\d+)/.exec(figure('Ejection')) ?? []
    // At once, with a success among them, so that there is no row of failures
    const failing = (attempts: number, failed: number) => isEjected(observeResults(HEALTHY, attempts - failed, failed, 1_000))
    const failed = (Number(percent) / 100) * Number(count)
    expect(failing(Number(count), failed)).toBe(true)
    expect(failing(Number(count), failed - 1)).toBe(false)
    expect(failing(Number(count) - 1, failed)).toBe(false)
    const [, row = ''] = /after (\d+) in any case/.exec(figure('Ejection')) ?? []
    const sound = observeResults(HEALTHY, 1_000, 0, 1_000)
    expect(isEjected(observeResults(sound, 0, Number(row) - 1, 1_000))).toBe(false)
    expect(isEjected(observeResults(sound, 0, Number(row), 1_000))).toBe(true)
  })

  test('ejection lasts so long, and then as long as the longest', () => {
    const seconds = [...figure('Ejection time').matchAll(/(\d+) s/g)].map(([, text]) => Number(text))
    const lasting: number[] = []
    let health: Health = observeResults(HEALTHY, 0, 5, 1_000_000)
    for (let nowMs = 1_000_000, i = 0; i < 10; i++) {
      lasting.push((health.ejectedUntilMs - nowMs) / 1000)
      // The probe at its end fails
      nowMs = health.ejectedUntilMs
      health = observeResults(health, 0, 1, nowMs)
    }
    expect(seconds).toEqual([...new Set(lasting)])
  })
})

test('the table of commands has every script and no other', () => {
  const scripts = subjectsOf('Command').map(command => command.replace(/^npm (run )?/, ''))
  expect(scripts.toSorted()).toEqual(Object.keys(packageJson.scripts).toSorted())
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
