/**
 * Headers whose values are secrets: for what an upstream wants beside the key of its provider, such as a gateway's own token. A configuration names the secret of
 * each, whose value is then the header's, as it is.
 */
import * as v from 'valibot'
import type { ProviderName } from '../model'
import { HeaderName } from './headers'
import type { ConfigProblem } from './problem'
import type { ParsedConfig } from './schema'
import { SecretName } from './secret-name'

/** Names of secrets by those of headers. */
export const SecretHeadersSchema = v.record(HeaderName, SecretName)

/** Which header the key that `secret` names travels in. */
export const KEY_HEADER: Readonly<Record<ProviderName, string>> = {
  openai: 'authorization',
  'openai-compatible': 'authorization',
  anthropic: 'x-api-key',
  google: 'x-goog-api-key',
}

/** Names of headers are the same however they are written. Undefined: there are none. */
export function lowerCased(headers: Readonly<Record<string, string>> | undefined) {
  const named = Object.entries(headers ?? {})
  return named.length === 0 ? undefined : Object.fromEntries(named.map(([name, secret]) => [name.toLowerCase(), secret]))
}

/** What a model says of its requests, or one of its credentials. */
interface Part {
  readonly secret?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly secretHeaders?: Readonly<Record<string, string>> | undefined
}

/** Headers that would be sent with two values, one of which would be lost without a word. `defaultSecret`: of models that name none. */
export function clashingHeaders(
  { models }: ParsedConfig,
  defaultSecret: Readonly<Record<ProviderName, string | undefined>>,
): ConfigProblem[] {
  return Object.entries(models).flatMap(([id, model]) => {
    const keyHeader = KEY_HEADER[model.provider]
    const whole = { ...model, secret: model.secret ?? defaultSecret[model.provider] }
    return [
      ...clashes(`models.${id}`, whole, {}, keyHeader),
      ...Object.entries(model.credentials ?? {}).flatMap(([name, own]) =>
        clashes(`models.${id}.credentials.${name}`, own, whole, keyHeader),
      ),
    ]
  })
}

/** Within `own`, and of `own` with what it is laid over; what the latter has by itself is its own trouble. */
function clashes(field: string, own: Part, under: Part, keyHeader: string): ConfigProblem[] {
  const plain = new Set([...namesOf(under.headers), ...namesOf(own.headers)])
  const hasKey = (own.secret ?? under.secret) !== undefined
  const seen = new Set<string>()
  const problems = Object.keys(own.secretHeaders ?? {}).flatMap((written): ConfigProblem[] => {
    const name = written.toLowerCase()
    const expected = seen.has(name)
      ? 'each header once, whether in capitals or not'
      : plain.has(name)
        ? 'a header that is not among "headers" too'
        : hasKey && name === keyHeader
          ? 'another header than the one that carries the key of "secret"'
          : undefined
    seen.add(name)
    return expected === undefined ? [] : [{ field: `${field}.secretHeaders.${written}`, expected, found: `"${written}"` }]
  })
  const hidden = namesOf(under.secretHeaders).filter(name => !seen.has(name))
  for (const written of Object.keys(own.headers ?? {}))
    if (hidden.includes(written.toLowerCase())) {
      const expected = 'a header that is not among the "secretHeaders" of its model too'
      problems.push({ field: `${field}.headers.${written}`, expected, found: `"${written}"` })
    }
  if (own.secret !== undefined && under.secret === undefined && hidden.includes(keyHeader)) {
    const expected = `no secret where the "secretHeaders" of its model carry "${keyHeader}", which its key would travel in`
    problems.push({ field: `${field}.secret`, expected, found: 'one' })
  }
  return problems
}

const namesOf = (headers: Part['headers']): readonly string[] => Object.keys(headers ?? {}).map(name => name.toLowerCase())
