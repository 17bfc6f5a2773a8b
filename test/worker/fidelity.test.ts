/** Every cell of the fidelity table on the bundled Worker: what the upstream got, what the caller got back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import type { ProviderName } from '../../src/model'
import {
  type AnswerCell,
  type Ask,
  type Dialect,
  PROVIDERS,
  type RequestCell,
  type RequestFeature,
  SURFACES,
  type SurfaceName,
  type Upward,
} from '../fidelity/feature'
import { ANSWERS_BACK, ERRORS_BACK, REQUESTS, USUAL } from '../fidelity/features'
import { CLIENTS } from '../fidelity/surface'
import { planOf, refusalOf } from '../fidelity/wire'
import { acceptAnthropic } from '../providers/accept/anthropic'
import { acceptGoogle } from '../providers/accept/google'
import { acceptOpenAi } from '../providers/accept/openai'
import { isObject, type JsonObject, object } from '../providers/json'
import { reply } from '../support/reply'
import { CLIENT_KEY, modelAt, type Router, startRouter } from '../support/router'
import { answer, type Plan, type Received, startUpstream, type Upstream } from '../support/upstream'

let upstream: Upstream
let router: Router
let script: (request: Received) => Plan = () => answer()
/** The body that the upstream's last plan made. */
let answered = ''

const dialectOf = (provider: ProviderName): Dialect => (provider === 'openai-compatible' ? 'openai' : provider)
const modelOf = ({ models }: Pick<RequestFeature, 'models'>, provider: ProviderName): string =>
  models?.[provider] ?? USUAL[provider]
/** Errors get a model left out for a while: each has models of its own. */
const errorModel = (index: number, surface: SurfaceName, provider: ProviderName) => `error-${index}-${surface}-${provider}`

function modelsAt(url: string): ConfigInput['models'] {
  const models: ConfigInput['models'] = {}
  const add = (id: string, provider: ProviderName, model: string, secret?: string) => {
    models[id] = { ...modelAt(url, dialectOf(provider), { model, ...(secret !== undefined && { secret }) }), provider }
  }
  for (const provider of PROVIDERS) {
    for (const { features } of REQUESTS)
      for (const feature of features) add(modelOf(feature, provider), provider, modelOf(feature, provider))
    for (const surface of SURFACES)
      for (const index of ERRORS_BACK.keys())
        add(errorModel(index, surface, provider), provider, USUAL[provider], secretOf(index, surface, provider))
  }
  return models
}

/** A key that is refused is refused for every model that has it. */
const secretOf = (index: number, surface: SurfaceName, provider: ProviderName) =>
  `KEY_${index}_${surface}_${provider.replace('-', '_')}`.toUpperCase()

beforeAll(async () => {
  upstream = await startUpstream(request => {
    const plan = script(request)
    answered = plan.kind === 'reset' || plan.kind === 'silence' ? '' : bodyOf(plan, request)
    return plan
  })
  const secrets = SURFACES.flatMap(surface =>
    PROVIDERS.flatMap(provider => [...ERRORS_BACK.keys()].map(index => [secretOf(index, surface, provider), 'key'] as const)),
  )
  router = await startRouter({ config: { models: modelsAt(upstream.url) }, bindings: Object.fromEntries(secrets) })
})
afterAll(async () => {
  await router?.close()
  await upstream?.close()
})

function bodyOf(plan: Exclude<Plan, { kind: 'reset' | 'silence' }>, request: Received): string {
  return [...reply(plan, request).steps].map(step => (step.kind === 'send' ? step.data.toString() : '')).join('')
}

function ask(surface: SurfaceName, body: JsonObject, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(new URL(CLIENTS[surface].path, router.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${CLIENT_KEY}`, ...headers },
    body: JSON.stringify(body),
  })
}

const bodyFor = (surface: SurfaceName, model: string, fields: JsonObject | undefined): JsonObject => ({
  ...CLIENTS[surface].least,
  model,
  ...fields,
})

describe.each(SURFACES)('on %s, asked for', surface => {
  describe.each(REQUESTS)('$title', ({ features }) => {
    const rows = features.flatMap(feature => {
      const on = feature.on[surface]
      return on === undefined || typeof on === 'string'
        ? []
        : PROVIDERS.map(provider => ({ feature, on, provider, cell: on.cells[provider] }))
    })
    it.each(rows.filter(({ cell }) => cell.is !== '–'))(
      '$feature.name: $cell.is at $provider',
      async ({ feature, on, provider, cell }) => {
        script = () => answer({ text: 'Hello.' })
        const before = upstream.requests.length
        const response = await ask(surface, bodyFor(surface, modelOf(feature, provider), on.body), on.headers)
        const told: unknown = await response.json()
        const received = upstream.requests.slice(before)
        if (cell.is === '–') throw new Error('nothing was asked for')
        if (cell.is === 'refused') {
          expect(received).toEqual([])
          expect([response.status, CLIENTS[surface].told(told)]).toEqual([400, expect.stringContaining(cell.field)])
          return
        }
        expect([response.status, told]).toEqual([200, expect.anything()])
        const [request] = received
        if (request === undefined || !isObject(request.body)) throw new Error('the upstream was not asked')
        expect(response.headers.get('x-router-dropped')).toBe(droppedOf(cell))
        wentUp(request, cell, on)
        if (cell.is === 'dropped') for (const name of cell.names.filter(isTop)) expect(request.body).not.toHaveProperty([name])
        // The simulated providers refuse what the real ones do
        if (feature.unchecked === undefined && provider !== 'openai-compatible')
          expect(accepts(dialectOf(provider), request)).toMatchObject({ kind: 'accepted' })
      },
    )
  })
})

const isTop = (name: string): boolean => /^\w+$/.test(name)

const droppedOf = (cell: RequestCell): string | null =>
  cell.is === 'dropped' && cell.names.length > 0 ? cell.names.join(', ') : null

function wentUp({ body, headers }: Received, cell: Exclude<RequestCell, { is: 'refused' | '–' }>, on: Ask): void {
  const { sends, lacks = [], sendsHeaders = {}, lacksHeaders = [] }: Upward = cell
  if (cell.is === 'native' && sends === undefined)
    for (const [field, value] of Object.entries(on.body)) expect(object(body)?.[field]).toEqual(value)
  if (sends !== undefined) expect(body).toMatchObject(sends)
  for (const path of lacks) expect(body).not.toHaveProperty(path)
  expect(headers).toMatchObject(sendsHeaders)
  for (const name of lacksHeaders) expect(headers).not.toHaveProperty(name)
}

function accepts(dialect: Dialect, { body, model = '', stream }: Received): unknown {
  switch (dialect) {
    case 'openai':
      return acceptOpenAi(body)
    case 'anthropic':
      return acceptAnthropic(body)
    case 'google':
      return acceptGoogle(body, model, stream)
  }
}

describe.each(SURFACES)('on %s, answered with', surface => {
  const rows = ANSWERS_BACK.flatMap(feature => {
    const on = feature.on[surface]
    if (on === undefined || typeof on === 'string') return []
    return PROVIDERS.flatMap(provider => {
      const given = feature.given[dialectOf(provider)]
      const cell = on[provider]
      if (cell.is === '–') return []
      if (given === undefined) return cell.is === 'native' ? [] : [{ feature, provider, cell, given: {} }]
      return [{ feature, provider, cell, given }]
    })
  })

  it.each(rows)('$feature.name: $cell.is from $provider, whole', async ({ feature, provider, cell, given }) => {
    script = () => planOf(given, dialectOf(provider), false)
    const response = await ask(surface, bodyFor(surface, USUAL[provider], feature.asks?.[surface]))
    const text = await response.text()
    expect([response.status, text]).toEqual([200, expect.anything()])
    if (cell.is === 'native') expect(text).toBe(answered)
    else cameBack(JSON.parse(text), cell, 'returns')
  })

  it.each(rows)('$feature.name: $cell.is from $provider, streamed', async ({ feature, provider, cell, given }) => {
    script = () => planOf(given, dialectOf(provider), true)
    const body = bodyFor(surface, USUAL[provider], feature.asks?.[surface])
    if (cell.is === 'native') {
      const response = await ask(surface, { ...body, stream: true })
      expect(await response.text()).toBe(answered)
    } else cameBack(await CLIENTS[surface].stream(router.url, body), cell, 'streams')
  })
})

function cameBack(told: unknown, cell: Exclude<AnswerCell, { is: 'native' | '–' }>, form: 'returns' | 'streams'): void {
  expect(told).toMatchObject(matchers(cell[form] ?? cell.returns))
  if (cell.is === 'dropped') for (const path of cell.lacks ?? []) expect(told).not.toHaveProperty(path)
}

/** Patterns in the table as matchers. */
function matchers(value: unknown): object {
  return JSON.parse(JSON.stringify(value), (_, inner: unknown) => {
    if (!isObject(inner)) return inner
    if (inner.$number === true) return expect.any(Number)
    return typeof inner.$matches === 'string' ? expect.stringMatching(new RegExp(inner.$matches)) : inner
  })
}

describe.each(SURFACES)('on %s, refused with', surface => {
  const rows = [...ERRORS_BACK.entries()].flatMap(([index, feature]) => {
    const seen = feature.on[surface]
    return seen === undefined ? [] : PROVIDERS.map(provider => ({ index, feature, seen, provider }))
  })
  it.each(rows)('$feature.name by $provider', async ({ index, feature, seen: { status, body }, provider }) => {
    script = () => refusalOf(feature.given[dialectOf(provider)])
    const response = await ask(surface, bodyFor(surface, errorModel(index, surface, provider), undefined), {
      'x-router-fallback': 'off',
    })
    const told: unknown = await response.json()
    expect([response.status, told]).toEqual([status, expect.anything()])
    expect(told).toMatchObject(matchers(body))
    expect(JSON.stringify(told)).not.toContain('sk-secret')
  })
})

describe('the end of a stream tells its usage', () => {
  const stream = async (provider: ProviderName, stream_options: unknown) => {
    script = () => answer({ text: 'Hello.' })
    const response = await ask('chat', { ...bodyFor('chat', USUAL[provider], {}), stream: true, stream_options })
    return (await response.text()).split('\n\n')
  }

  it.each(['anthropic', 'google'] as const)('only where include_usage asks for it, as OpenAI does, from %s', async provider => {
    const asked = await stream(provider, { include_usage: true })
    expect(asked.at(-3)).toMatch(/"choices":\[\],"usage":\{"prompt_tokens":12,/)
    expect(asked.at(-2)).toBe('data: [DONE]')
    for (const options of [{ include_usage: false }, {}, null, undefined]) {
      expect((await stream(provider, options)).join('')).not.toContain('prompt_tokens')
    }
  })
})

it('a limit that one model refuses does not end the walk: the next one answers', async () => {
  const limit = ERRORS_BACK.find(({ name }) => name.startsWith('a limit'))
  if (limit === undefined) throw new Error('the table has lost a row')
  for (const first of PROVIDERS) {
    const second = first === 'google' ? 'anthropic' : 'google'
    script = ({ dialect }) =>
      dialect === dialectOf(first) ? refusalOf(limit.given[dialectOf(first)]) : answer({ text: 'Hello.' })
    const response = await ask('chat', bodyFor('chat', 'auto', {}), { 'x-router-models': `${USUAL[first]}, ${USUAL[second]}` })
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello.' } }] })
    expect(response.headers.get('x-router-model')).toBe(USUAL[second])
  }
})

it.each(SURFACES)(
  'the request id is where the SDKs of %s and of the others look for it, on answers and on errors',
  async surface => {
    for (const model of [USUAL[surface === 'chat' ? 'anthropic' : 'openai'], 'nobody']) {
      script = () => answer()
      const { headers } = await ask(surface, bodyFor(surface, model, {}))
      // What stands behind a dot is for feedback
      const [id] = (headers.get('x-router-request-id') ?? '').split('.')
      expect(id).toMatch(/./)
      expect([headers.get('x-request-id'), headers.get('request-id')]).toEqual([id, id])
    }
  },
)
