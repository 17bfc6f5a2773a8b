/**
 * The layers hold only as long as every import points down. Read from the sources themselves, so that a new file or folder has to take
 * its place here before it can import anything.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
const SRC = join(ROOT, 'src')

/** What each layer may import: folders by their name, files at the top of src by theirs. Lowest first. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  algorithm: [],
  chat: [],
  embeddings: [],
  json: [],
  model: ['algorithm'],
  outcome: [],
  env: [],
  state: ['algorithm'],
  context: ['chat'],
  profile: ['algorithm', 'context', 'model', 'state'],
  strategy: ['algorithm', 'context', 'model', 'state'],
  provider: ['chat', 'embeddings', 'json', 'model', 'outcome'],
  credential: ['model'],
  config: ['algorithm', 'context', 'credential', 'json', 'model', 'outcome', 'profile', 'strategy'],
  overlay: ['config', 'json', 'outcome', 'state'],
  'router.config': ['config'],
  router: [
    'algorithm',
    'chat',
    'config',
    'context',
    'embeddings',
    'json',
    'model',
    'outcome',
    'profile',
    'provider',
    'state',
    'strategy',
  ],
  durable: ['algorithm', 'json', 'router', 'state'],
  http: [
    'chat',
    'config',
    'context',
    'credential',
    'durable',
    'embeddings',
    'env',
    'json',
    'model',
    'outcome',
    'overlay',
    'profile',
    'provider',
    'router',
    'state',
    'strategy',
  ],
  app: ['config', 'durable', 'env', 'http', 'router'],
  index: ['app', 'durable', 'http', 'router.config'],
}

/** Packages each layer may import. The official SDKs are there for their types alone. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  chat: ['valibot', 'openai'],
  embeddings: ['valibot'],
  config: ['valibot'],
  provider: ['eventsource-parser', 'valibot', '@anthropic-ai/sdk', '@google/genai', 'openai'],
  http: ['hono', 'jose', 'valibot'],
  durable: ['itty-durable'],
  app: ['hono'],
}
const TYPES_ONLY = ['openai', '@anthropic-ai/sdk', '@google/genai']

const FOLDERS = [
  'algorithm',
  'config',
  'console',
  'context',
  'durable',
  'http',
  'profile',
  'provider',
  'router',
  'state',
  'strategy',
]
const PURE = ['algorithm', 'state', 'strategy', 'context', 'profile']

interface Source {
  /** Relative to src, with forward slashes. */
  readonly path: string
  readonly layer: string
  readonly text: string
  readonly imports: readonly Import[]
}

interface Import {
  readonly from: string
  readonly isType: boolean
}

const sources: readonly Source[] = readdirSync(SRC, { recursive: true, withFileTypes: true })
  .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
  .map(entry => join(entry.parentPath, entry.name))
  .map(file => {
    const path = file.slice(SRC.length + 1).replaceAll('\\', '/')
    const text = readFileSync(file, 'utf8')
    return { path, layer: layerOf(path), text, imports: importsOf(text) }
  })

function layerOf(path: string): string {
  const [first = '', ...rest] = path.split('/')
  return rest.length > 0 ? first : first.replace(/\.ts$/, '')
}

function importsOf(text: string): Import[] {
  const statements = text.matchAll(/^(?:import|export)\b(\s+type\b)?[^'"`;]*?\bfrom\s+'([^']+)'/gm)
  const bare = text.matchAll(/^import\s+'([^']+)'/gm)
  const inline = text.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)
  return [
    ...[...statements].map(([, type, from = '']) => ({ from, isType: type !== undefined })),
    ...[...bare, ...inline].map(([, from = '']) => ({ from, isType: false })),
  ]
}

/** Path relative to src, without an ending, of what a relative import names. */
const targetOf = (path: string, from: string): string => posix.join(dirname(path), from)

const isRelative = ({ from }: Import): boolean => from.startsWith('.')
const packageOf = (from: string): string =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')

/** The code alone: comments and texts may speak of anything. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, found =>
    found.startsWith('/') ? ' ' : "''",
  )
}

describe('the layers of src', () => {
  it('are the ones that are written down, in folders and at the top', () => {
    const entries = readdirSync(SRC, { withFileTypes: true })
    const folders = entries.filter(entry => entry.isDirectory()).map(({ name }) => name)
    const files = entries.filter(entry => entry.isFile()).map(({ name }) => layerOf(name))
    expect(folders.sort()).toEqual(FOLDERS)
    expect(files.sort()).toEqual(
      Object.keys(MAY_IMPORT)
        // A file beside a folder of its own name is that folder's front
        .filter(name => !FOLDERS.includes(name) || files.includes(name))
        .sort(),
    )
  })

  it('import only what lies below them', () => {
    const wrong = sources.flatMap(({ path, layer, imports }) =>
      imports
        .filter(isRelative)
        .map(({ from }) => layerOf(`${targetOf(path, from)}.ts`))
        .filter(target => target !== layer && !MAY_IMPORT[layer]?.includes(target))
        .map(target => `${path} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })

  it('import no package but their own few, and the SDKs for their types only', () => {
    const wrong = sources.flatMap(({ path, layer, imports }) =>
      imports
        .filter(each => !isRelative(each))
        .filter(({ from, isType }) => {
          const name = packageOf(from)
          return !PACKAGES[layer]?.includes(name) || (TYPES_ONLY.includes(name) && !isType)
        })
        .map(({ from }) => `${path} imports ${from}`),
    )
    expect(wrong).toEqual([])
  })

  it('never import each other in a circle', () => {
    const edges = new Map<string, Set<string>>()
    for (const { path, layer, imports } of sources)
      for (const { from } of imports.filter(isRelative)) {
        const target = layerOf(`${targetOf(path, from)}.ts`)
        if (target !== layer) edges.set(layer, (edges.get(layer) ?? new Set()).add(target))
      }
    expect([...edges.keys()].flatMap(layer => circleFrom(layer, edges))).toEqual([])
  })

  it('have no circle among their files either, but for types that refer to each other', () => {
    const edges = new Map<string, Set<string>>()
    const known = new Set(sources.map(({ path }) => path))
    for (const { path, imports } of sources)
      for (const { from } of imports.filter(each => isRelative(each) && !each.isType)) {
        const target = targetOf(path, from)
        const file = [`${target}.ts`, `${target}/index.ts`].find(candidate => known.has(candidate))
        if (file !== undefined) edges.set(path, (edges.get(path) ?? new Set()).add(file))
      }
    expect([...edges.keys()].flatMap(path => circleFrom(path, edges))).toEqual([])
  })

  it('are all seen by this test: every import is read, none is required or built from a variable', () => {
    const lines = sources.flatMap(({ path, text }) =>
      codeOf(text)
        .split('\n')
        .filter(line => /\brequire\s*\(|\bimport\s*\((?!\s*'')/.test(line))
        .map(line => `${path}: ${line.trim()}`),
    )
    expect(lines).toEqual([])
    expect(sources.length).toBeGreaterThan(100)
    const importing = sources.filter(({ text }) => /^import\b/m.test(text))
    expect(importing.filter(({ imports }) => imports.length === 0).map(({ path }) => path)).toEqual([])
  })
})

/** `start`, if a walk along the edges leads back to it. */
function circleFrom(start: string, edges: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const seen = new Set<string>()
  const open = [...(edges.get(start) ?? [])]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === start) return [`${start} leads back to itself`]
    if (seen.has(next)) continue
    seen.add(next)
    open.push(...(edges.get(next) ?? []))
  }
  return []
}

describe('pure folders', () => {
  it.each([
    ['the clock', /\bDate\b|\bperformance\b/],
    ['chance', /\bMath\.random\b|\bcrypto\b/],
    ['the network', /\bfetch\b|\bWebSocket\b|\bcaches\b/],
    ['timers', /\bset(Timeout|Interval)\b|\bqueueMicrotask\b|\bscheduler\b/],
    ['the console', /\bconsole\b/],
    ['the types of Workers', /\b(DurableObject\w*|ExecutionContext|Fetcher|KVNamespace|Request|Response|Headers|\w*Stream)\b/],
  ])('know nothing of %s', (_, word) => {
    const wrong = sources
      .filter(({ layer }) => PURE.includes(layer))
      .flatMap(({ path, text }) =>
        codeOf(text)
          .split('\n')
          .filter(line => word.test(line))
          .map(line => `${path}: ${line.trim()}`),
      )
    expect(wrong).toEqual([])
  })

  it('and the router and the providers are handed the clock, chance, timers and the network as well', () => {
    const word = /\bDate\.now\b|\bMath\.random\b|\bset(Timeout|Interval)\b|\bcrypto\b|(?<![.\w])fetch\s*\(/
    const wrong = sources
      .filter(({ layer }) => layer === 'router' || layer === 'provider')
      .flatMap(({ path, text }) =>
        codeOf(text)
          .split('\n')
          .filter(line => word.test(line))
          .map(line => `${path}: ${line.trim()}`),
      )
    expect(wrong).toEqual([])
  })
})

describe('the repository', () => {
  it('has nothing at its top but what is written down, dotfiles and build output', () => {
    const allowed = ['LICENSE', 'README.md', 'package-lock.json', 'package.json', 'src', 'test', 'tsconfig.json', 'wrangler.toml']
    const entries = readdirSync(ROOT).filter(name => !name.startsWith('.') && name !== 'node_modules' && name !== 'dist')
    expect(entries.filter(name => !allowed.includes(name))).toEqual([])
  })
})
