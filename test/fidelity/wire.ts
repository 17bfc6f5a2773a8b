/** An upstream's recorded words as its reply: JSON, or the events of a stream in its own framing. */
import { isObject, text } from '../providers/json'
import { answer, type Plan, raw } from '../support/plan'
import type { Dialect, Given, Refused } from './feature'

type Recorded = Extract<Given, { readonly events: unknown }>
const isRecorded = (given: Given): given is Recorded => 'events' in given

export function planOf(given: Given, dialect: Dialect, stream: boolean): Plan {
  if (!isRecorded(given)) return answer(given)
  return stream ? raw(framed(given.events, dialect), { type: 'text/event-stream' }) : raw(JSON.stringify(given.json))
}

export const refusalOf = ({ status, body }: Refused): Plan => raw(JSON.stringify(body), { status })

function framed(events: Recorded['events'], dialect: Dialect): string {
  switch (dialect) {
    case 'openai':
      return `${events.map(event => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`
    case 'anthropic':
      return events.map(event => `event: ${isObject(event) ? text(event.type) : ''}\ndata: ${JSON.stringify(event)}\n\n`).join('')
    case 'google':
      return events.map(event => `data: ${JSON.stringify(event)}\r\n\r\n`).join('')
  }
}
