/** The ways in which servers may write the same events, by the HTML standard's rules for event streams. */
import type { UpstreamEvent } from '../../src/provider/dialect'

interface Framing {
  readonly lineEnd: string
  readonly start?: string
  /** Between events. */
  readonly comment?: string
  /** Data over several lines: JSON may be broken wherever it may have a space. */
  readonly isMultiLine?: boolean
  readonly space?: string
}

export const FRAMINGS: Readonly<Record<string, Framing>> = {
  LF: { lineEnd: '\n' },
  CRLF: { lineEnd: '\r\n' },
  CR: { lineEnd: '\r' },
  'a byte order mark': { lineEnd: '\n', start: '\uFEFF' },
  'comments between events': { lineEnd: '\n', comment: ': OPENROUTER PROCESSING' },
  'comments and CRLF': { lineEnd: '\r\n', comment: ':' },
  'data over several lines': { lineEnd: '\n', isMultiLine: true },
  'no space after the colon': { lineEnd: '\n', space: '' },
}

export function streamOf(events: readonly UpstreamEvent[], name: string): Uint8Array {
  const framing = FRAMINGS[name]
  if (framing === undefined) throw new RangeError(`there is no framing ${name}`)
  const { lineEnd, start = '', comment, isMultiLine = false, space = ' ' } = framing
  const text = events.map(({ event, data }) => {
    const broken = isMultiLine && data.startsWith('{') ? JSON.stringify(JSON.parse(data), null, 1) : data
    const lines = [
      ...(comment === undefined ? [] : [comment, '']),
      ...(event === undefined ? [] : [`event:${space}${event}`]),
      ...broken.split('\n').map(line => `data:${space}${line}`),
      '',
    ]
    return lines.map(line => line + lineEnd).join('')
  })
  return new TextEncoder().encode(start + text.join(''))
}
