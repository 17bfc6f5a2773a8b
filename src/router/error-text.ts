/** The body of an upstream's error, fit to be shown. */
import type { Failure } from '../outcome'
import type { StreamPart, StreamReader } from '../provider/dialect'
import { readText } from './body'
import type { Secrets } from './secrets'

const MAX_ERROR_BYTES = 64 * 1024
const MIN_SECRET_CHARACTERS = 8

/** Some upstreams quote the key they refuse, and not every key has a shape that gives it away. A very short one would be found in any text. */
export function withoutSecrets(text: string, secrets: Secrets['values']): string {
  let clean = text
  for (const secret of secrets)
    if (secret.length >= MIN_SECRET_CHARACTERS && clean.includes(secret)) clean = clean.replaceAll(secret, '[key]')
  return clean
}

export async function errorText(body: ReadableStream<Uint8Array> | null, secrets: Secrets['values']): Promise<string> {
  const { text } = await readText(body, MAX_ERROR_BYTES)
  return withoutSecrets(text, secrets)
}

/** The same for an error that came as an answer. */
export function scrubbedFailure(failure: Failure, secrets: Secrets['values']): Failure {
  if (!('upstream' in failure)) return failure
  const { upstream } = failure
  return { ...failure, upstream: { ...upstream, message: withoutSecrets(upstream.message, secrets) } }
}

/** The same for one inside a stream. */
export function scrubbed(stream: StreamReader, secrets: Secrets['values']): StreamReader {
  const scrub = (part: StreamPart): StreamPart =>
    part.kind === 'failure' ? { kind: 'failure', failure: scrubbedFailure(part.failure, secrets) } : part
  return { push: event => stream.push(event).map(scrub), end: () => stream.end().map(scrub) }
}
