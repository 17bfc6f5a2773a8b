/** The body of an upstream's error, fit to be shown. */
import type { StreamPart, StreamReader } from '../provider/dialect'
import { readText } from './body'

const MAX_ERROR_BYTES = 64 * 1024
const MIN_KEY_CHARACTERS = 8

/** Some upstreams quote the key they refuse, and not every key has a shape that gives it away. A very short one would be found in any text. */
export function withoutKey(text: string, key: string | undefined): string {
  return key === undefined || key.length < MIN_KEY_CHARACTERS || !text.includes(key) ? text : text.replaceAll(key, '[key]')
}

export async function errorText(body: ReadableStream<Uint8Array> | null, key: string | undefined): Promise<string> {
  const { text } = await readText(body, MAX_ERROR_BYTES)
  return withoutKey(text, key)
}

/** The same for an error that came inside a stream. */
export function scrubbed(stream: StreamReader, key: string | undefined): StreamReader {
  const scrub = (part: StreamPart): StreamPart => {
    if (part.kind !== 'failure' || !('upstream' in part.failure)) return part
    const { upstream } = part.failure
    return {
      kind: 'failure',
      failure: { ...part.failure, upstream: { ...upstream, message: withoutKey(upstream.message, key) } },
    }
  }
  return { push: event => stream.push(event).map(scrub), end: () => stream.end().map(scrub) }
}
