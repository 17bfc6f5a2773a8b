/**
 * `npm run check-config`: proves of every route that `auto` can reach it, by a request that does, or that none can, by the earlier routes that take them
 * all. Reads src/router.config.ts, or `npm run check-config -- router.json` a file that holds the same as JSON. Exit code 1: the
 * configuration is wrong, or a route cannot be reached.
 */
import { readFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { parseConfig } from '../../src/config'
import { type Reach, reachability } from '../../src/context/reach'
import routerConfig from '../../src/router.config'

/** Patience of somebody who asked for it: some seconds a route. */
const MAX_STEPS = 2_000_000

export interface Checked {
  readonly lines: readonly string[]
  readonly isSound: boolean
}

/** `input`: an object, or JSON text. */
export function checkConfig(input: unknown): Checked {
  const parsed = parseConfig(input)
  if (!parsed.ok)
    return {
      lines: parsed.failure.map(({ field, expected, found }) => `${field}: expected ${expected}, found ${found}`),
      isSound: false,
    }
  const { routes, warnings } = parsed.value
  const { routes: reaches, none } = reachability(
    routes.map(({ when }) => when),
    MAX_STEPS,
  )
  const names = routes.map(({ name }) => name)
  const width = Math.max(...names.map(name => name.length), 'no route'.length)
  const line = (name: string, reach: Reach) => `${name.padEnd(width)}  ${shown(reach, names)}`
  return {
    lines: [
      ...reaches.map((reach, at) => line(names[at] ?? '', reach)),
      line('no route', none),
      ...warnings.map(warning => `warning: ${warning}`),
    ],
    isSound: reaches.every(({ kind }) => kind !== 'unreachable'),
  }
}

function shown(reach: Reach, names: readonly string[]): string {
  switch (reach.kind) {
    case 'reached':
      return JSON.stringify(reach.witness)
    case 'undecided':
      return `not decided within ${MAX_STEPS} steps`
    case 'unreachable':
      return reach.by.length === 0
        ? 'never: no request meets all of its conditions'
        : `never: all of it is taken by ${reach.by.map(at => names[at]).join(', ')}`
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , file] = process.argv
  const { lines, isSound } = checkConfig(file === undefined ? routerConfig : await readFile(file, 'utf8'))
  console.log(lines.join('\n'))
  if (!isSound) process.exitCode = 1
}
