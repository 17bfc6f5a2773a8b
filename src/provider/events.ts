/** Bytes to server-sent events, wherever the network cuts them: in a line, in a CRLF, in a character. */
import { createParser } from 'eventsource-parser'
import { parseJson } from '../json'
import type { UpstreamEvent } from './dialect'

export interface EventDecoder {
  push(bytes: Uint8Array): readonly UpstreamEvent[]
  /** The body has ended. A last event that lacks only its blank line counts; half an event does not. */
  end(): readonly UpstreamEvent[]
}

export function createEventDecoder(): EventDecoder {
  const text = new TextDecoder()
  let events: UpstreamEvent[] = []
  const parser = createParser({ onEvent: ({ event, data }) => events.push(event === undefined ? { data } : { event, data }) })
  const taken = (): UpstreamEvent[] => {
    const all = events
    events = []
    return all
  }
  return {
    push(bytes) {
      parser.feed(text.decode(bytes, { stream: true }))
      return taken()
    },
    end() {
      parser.feed(`${text.decode()}\n\n`)
      return taken().filter(({ data }) => data === '[DONE]' || parseJson(data) !== undefined)
    },
  }
}
