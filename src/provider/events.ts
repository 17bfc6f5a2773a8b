/** Bytes to server-sent events, wherever the network cuts them: in a line, in a CRLF, in a character. */
import { createParser } from 'eventsource-parser'
import { parseJson } from '../json'
import type { Failure } from '../outcome'
import type { UpstreamEvent } from './dialect'

/** No event of a chat is so long, in characters. A line without an end would otherwise fill the isolate's memory. */
export const MAX_EVENT_CHARACTERS = 1024 * 1024

export interface EventDecoder {
  /** An event has grown too long. Nothing after it can be read. */
  readonly failure: Failure | undefined
  push(bytes: Uint8Array): readonly UpstreamEvent[]
  /** The body has ended. A last event that lacks only its blank line counts; half an event does not. */
  end(): readonly UpstreamEvent[]
}

export function createEventDecoder(): EventDecoder {
  const text = new TextDecoder()
  let events: UpstreamEvent[] = []
  let failure: Failure | undefined
  const parser = createParser({
    maxBufferSize: MAX_EVENT_CHARACTERS,
    onEvent: ({ event, data }) => events.push(event === undefined ? { data } : { event, data }),
    onError: ({ type }) => {
      // Whatever else it complains of, such as fields nobody knows, it passes over
      if (type === 'max-buffer-size-exceeded')
        failure = { kind: 'malformed', detail: `an event is longer than ${MAX_EVENT_CHARACTERS} characters` }
    },
  })
  const taken = (): UpstreamEvent[] => {
    const all = events
    events = []
    return all
  }
  return {
    get failure() {
      return failure
    },
    push(bytes) {
      if (failure !== undefined) return []
      parser.feed(text.decode(bytes, { stream: true }))
      return taken()
    },
    end() {
      if (failure !== undefined) return []
      parser.feed(`${text.decode()}\n\n`)
      return taken().filter(({ data }) => data === '[DONE]' || parseJson(data) !== undefined)
    },
  }
}
