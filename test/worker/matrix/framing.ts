/** The same events in every framing that the event-stream format allows (WHATWG HTML, "Parsing an event stream"). */

export interface Framing {
  readonly name: string
  /** Events as a provider writes them, each with its blank line. */
  readonly write: (events: readonly string[]) => string
}

export const FRAMINGS: readonly Framing[] = [
  { name: 'as the provider writes it', write: events => events.join('') },
  { name: 'LF', write: events => lineEnds(events.join(''), '\n') },
  { name: 'CRLF', write: events => lineEnds(events.join(''), '\r\n') },
  { name: 'CR', write: events => lineEnds(events.join(''), '\r') },
  { name: 'a byte order mark in front', write: events => `\uFEFF${events.join('')}` },
  { name: 'data over several lines', write: events => events.map(overSeveralLines).join('') },
  { name: 'data over several lines, CRLF', write: events => lineEnds(events.map(overSeveralLines).join(''), '\r\n') },
  { name: 'comments and fields that mean nothing here', write: events => events.map(surrounded).join('') },
  { name: 'no space behind the colon', write: events => events.map(event => event.replaceAll(/^(\w+): /gm, '$1:')).join('') },
]

const lineEnds = (text: string, end: string): string => text.replaceAll(/\r\n|\n/g, end)

/** JSON may have white space between its tokens, so an event may carry it pretty-printed. */
function overSeveralLines(event: string): string {
  return event.replace(/^data: (\{.*\})\r?$/m, (_, json: string) =>
    JSON.stringify(JSON.parse(json), null, 1)
      .split('\n')
      .map(line => `data: ${line}`)
      .join('\n'),
  )
}

const surrounded = (event: string, index: number): string => `: keep-alive ${index}\n\nid: ${index}\nretry: 3000\n${event}:\n\n`
