/** Every cell of the fidelity table on the bundled Worker: what the upstream got, what the caller got back. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConfigInput } from '../../src/config'
import type { ProviderName } from '../../src/model'
import {
  type AnswerCell,
  type AnswerFeature,
  type Ask,
  type Dialect,
  type Given,
  PROVIDERS,
  type RequestCell,
  type RequestFeature,
  SURFACES,
  type SurfaceName,
  type Upward,
} from '../fidelity/feature'
import { ANSWERS_BACK, ERRORS_BACK, REQUESTS, USUAL, USUAL_EMBEDDERS } from '../fidelity/features'
import { EMBEDDINGS } from '../fidelity/features/embeddings'
import { CLIENTS, EMBEDDINGS_CLIENT, type Endpoint } from '../fidelity/surface'
import { planOf, refusalOf } from '../fidelity/wire'
import { acceptAnthropic } from '../providers/accept/anthropic'
import { acceptGoogle } from '../providers/accept/google'
import { acceptOpenAi } from '../providers/accept/openai'
import { acceptResponses } from '../providers/accept/openai-responses'
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
    add(USUAL_EMBEDDERS[provider], provider, USUAL_EMBEDDERS[provider])
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

function ask({ path }: Endpoint, body: JsonObject, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(new URL(path, router.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${CLIENT_KEY}`, ...headers },
    body: JSON.stringify(body),
  })
}

const bodyFor = ({ least }: Endpoint, model: string, fields: JsonObject | undefined): JsonObject => ({
  ...least,
  model,
  ...fields,
})

interface Case {
  readonly endpoint: Endpoint
  readonly asked: Pick<Ask, 'body' | 'headers'>
  readonly model: string
  readonly cell: Exclude<RequestCell, { is: '–' }>
  /** The upstream's own checks; undefined where they are not asked. */
  readonly accepts?: (request: Received) => unknown
}

/** What the caller was told, undefined where it is a refusal. */
async function walk({ endpoint, asked, model, cell, accepts }: Case): Promise<unknown> {
  const before = upstream.requests.length
  const response = await ask(endpoint, bodyFor(endpoint, model, asked.body), asked.headers)
  const told: unknown = await response.json()
  const received = upstream.requests.slice(before)
  if (cell.is === 'refused') {
    expect(received).toEqual([])
    expect([response.status, endpoint.told(told)]).toEqual([400, expect.stringContaining(cell.field)])
    return undefined
  }
  expect([response.status, told]).toEqual([200, expect.anything()])
  const [request] = received
  if (request === undefined || !isObject(request.body)) throw new Error('the upstream was not asked')
  expect(response.headers.get('x-router-dropped')).toBe(droppedOf(cell))
  wentUp(request, cell, asked.body)
  if (accepts !== undefined) expect(accepts(request)).toMatchObject({ kind: 'accepted' })
  return told
}

describe.each(SURFACES)('on %s, asked for', surface => {
  describe.each(REQUESTS)('$title', ({ features }) => {
    const rows = features.flatMap(feature => {
      const asked = feature.on[surface]
      if (typeof asked === 'string') return []
      return PROVIDERS.flatMap(provider => {
        const cell = asked.cells[provider]
        return cell.is === '–' ? [] : [{ feature, name: asked.called ?? feature.name, asked, provider, cell }]
      })
    })
    it.each(rows)('$name: $cell.is at $provider', async ({ feature, asked, provider, cell }) => {
      script = () => answer({ text: 'Hello.' })
      // The simulated providers refuse what the real ones do
      const isChecked = feature.unchecked === undefined && provider !== 'openai-compatible'
      await walk({
        endpoint: CLIENTS[surface],
        asked,
        model: modelOf(feature, provider),
        cell,
        ...(isChecked && { accepts: request => accepts(dialectOf(provider), request) }),
      })
    })
  })
})

describe('on embeddings, asked for', () => {
  const rows = EMBEDDINGS.flatMap(({ name, body, returns, cells }) =>
    PROVIDERS.flatMap(provider => {
      const cell = cells[provider]
      return cell.is === '–' ? [] : [{ name, body, returns, provider, cell }]
    }),
  )
  it.each(rows)('$name: $cell.is at $provider', async ({ body, returns, provider, cell }) => {
    // The simulated providers make vectors only of what the real ones take
    script = () => answer()
    const told = await walk({ endpoint: EMBEDDINGS_CLIENT, asked: { body }, model: USUAL_EMBEDDERS[provider], cell })
    if (told !== undefined && returns !== undefined) expect(told).toMatchObject(matchers(returns))
  })
})

const isTop = (name: string): boolean => /^\w+$/.test(name)

const droppedOf = (cell: RequestCell): string | null =>
  cell.is === 'dropped' && cell.names.length > 0 ? cell.names.join(', ') : null

function wentUp({ body, headers }: Received, cell: Exclude<RequestCell, { is: 'refused' | '–' }>, asked: JsonObject): void {
  const { sends, lacks = [], sendsHeaders = {}, lacksHeaders = [] }: Upward = cell
  if (cell.is === 'native' && sends === undefined)
    for (const [field, value] of Object.entries(asked)) expect(object(body)?.[field]).toEqual(value)
  if (sends !== undefined) expect(body).toMatchObject(sends)
  for (const path of lacks) expect(body).not.toHaveProperty(path)
  // Unless it goes up with another value
  const gone = cell.is === 'dropped' ? cell.names.filter(name => isTop(name) && sends?.[name] === undefined) : []
  for (const name of gone) expect(body).not.toHaveProperty([name])
  expect(headers).toMatchObject(sendsHeaders)
  for (const name of lacksHeaders) expect(headers).not.toHaveProperty(name)
}

function accepts(dialect: Dialect, { body, path, model = '', stream }: Received): unknown {
  switch (dialect) {
    case 'openai':
      return path.endsWith('/responses') ? acceptResponses(body) : acceptOpenAi(body)
    case 'anthropic':
      return acceptAnthropic(body)
    case 'google':
      return acceptGoogle(body, model, stream)
  }
}

/** What is recorded of OpenAI are chat completions. Where it speaks Responses it is simulated, and what it says passes through in any case. */
function givenOn(surface: SurfaceName, provider: ProviderName, { given }: AnswerFeature): Given | undefined {
  const said = given[dialectOf(provider)]
  return surface === 'responses' && provider === 'openai' && said !== undefined && 'events' in said ? {} : said
}

describe.each(SURFACES)('on %s, answered with', surface => {
  const rows = ANSWERS_BACK.flatMap(feature => {
    const on = feature.on[surface]
    if (typeof on === 'string') return []
    const name = feature.called?.[surface] ?? feature.name
    return PROVIDERS.flatMap(provider => {
      const given = givenOn(surface, provider, feature)
      const cell = on[provider]
      if (cell.is === '–') return []
      if (given === undefined) return cell.is === 'native' ? [] : [{ name, feature, provider, cell, given: {} }]
      return [{ name, feature, provider, cell, given }]
    })
  })

  it.each(rows)('$name: $cell.is from $provider, whole', async ({ feature, provider, cell, given }) => {
    script = () => planOf(given, dialectOf(provider), false)
    const response = await ask(CLIENTS[surface], bodyFor(CLIENTS[surface], USUAL[provider], feature.asks?.[surface]))
    const text = await response.text()
    expect([response.status, text]).toEqual([200, expect.anything()])
    if (cell.is === 'native') expect(text).toBe(answered)
    else cameBack(JSON.parse(text), cell, 'returns')
  })

  it.each(rows)('$name: $cell.is from $provider, streamed', async ({ feature, provider, cell, given }) => {
    script = () => planOf(given, dialectOf(provider), true)
    const body = bodyFor(CLIENTS[surface], USUAL[provider], feature.asks?.[surface])
    if (cell.is === 'native') {
      const response = await ask(CLIENTS[surface], { ...body, stream: true })
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
    return PROVIDERS.map(provider => ({ index, feature, seen, provider }))
  })
  it.each(rows)('$feature.name by $provider', async ({ index, feature, seen: { status, body }, provider }) => {
    script = () => refusalOf(feature.given[dialectOf(provider)])
    const response = await ask(CLIENTS[surface], bodyFor(CLIENTS[surface], errorModel(index, surface, provider), undefined), {
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
    const response = await ask(CLIENTS.chat, { ...bodyFor(CLIENTS.chat, USUAL[provider], {}), stream: true, stream_options })
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
    const response = await ask(CLIENTS.chat, bodyFor(CLIENTS.chat, 'auto', {}), {
      'x-router-models': `${USUAL[first]}, ${USUAL[second]}`,
    })
    expect(await response.json()).toMatchObject({ choices: [{ message: { content: 'Hello.' } }] })
    expect(response.headers.get('x-router-model')).toBe(USUAL[second])
  }
})

it.each(SURFACES)(
  'the request id is where the SDKs of %s and of the others look for it, on answers and on errors',
  async surface => {
    for (const model of [USUAL[surface === 'messages' ? 'openai' : 'anthropic'], 'nobody']) {
      script = () => answer()
      const { headers } = await ask(CLIENTS[surface], bodyFor(CLIENTS[surface], model, {}))
      // What stands behind a dot is for feedback
      const [id] = (headers.get('x-router-request-id') ?? '').split('.')
      expect(id).toMatch(/./)
      expect([headers.get('x-request-id'), headers.get('request-id')]).toEqual([id, id])
    }
  },
)
