/**
 * The fault matrix itself. A client sees the answer of another candidate, or an honest error; after the commit an explicit error event, and never
 * anything that looks finished.
 */
import { PROVIDERS } from '../../providers/providers'
import {
  type AnswerOptions,
  answer,
  cut,
  emptyBody,
  eof,
  errorEvent,
  headersOnly,
  html,
  huge,
  invalidEvent,
  invalidJson,
  noEndMarker,
  type Plan,
  pings,
  raw,
  refusal,
  reset,
  resetMidBody,
  silence,
  slow,
  stall,
  status,
  truncatedJson,
  wrongType,
} from '../../support/plan'
import type { Received } from '../../support/upstream'
import { type Case, deadlinePasses, except, type Fault, fallsBack, stands } from './fault'
import { spoiltAfter } from './recorded'

export const FIRST_TEXT = 'one two three four five six'
/** Content events before a fault that strikes after the commit. */
const AFTER = 3
/** Far enough apart for the commit to come well before the fault, whichever way the kernel groups the writes. */
const PACED: AnswerOptions = { text: FIRST_TEXT, gapMs: 30 }

const HEADERS_GONE = 'the status line has gone out by then'
const NO_EVENTS = 'a JSON answer has no events'
const NO_STREAM = 'a stream is not one JSON text'
const STARTED = 'the first token has come by then'

/** The same before the headers, whatever form the answer should have had. */
const refused = (one: Case): Pick<Fault, 'json' | 'stream' | 'committed'> => ({ json: one, stream: one, committed: HEADERS_GONE })
/** The same body for both. */
const document = (one: Case) => ({ ...refused(one), committed: 'a body that began as an answer does not become something else' })

const roleThenError = (request: Received): Plan => {
  if (request.dialect !== 'google') return errorEvent('opening')
  // Gemini opens with content, but a frame without any is possible, too
  const opening = 'data: {"candidates": [{"content": {"role": "model"}, "index": 0}]}\r\n\r\n'
  return raw(opening + PROVIDERS.google.errorFrame(PROVIDERS.google.refuse('overloaded')), { type: 'text/event-stream' })
}

const ownMistake = (code: number): Case => ({
  ...stands(status(code), `${code} invalid_request_error`),
})

/** As it came in, wherever this dialect puts it. */
const keyOf = ({ headers }: Received): string =>
  headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers.authorization?.replace('Bearer ', '') ?? 'no key at all'
const quoting = (request: Received): string =>
  JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message: `Not with the key ${keyOf(request)}!` } })
const quotingEvent = (request: Received): string => `event: error\ndata: ${quoting(request)}\n\n`

const GARBAGE = 'data: {"choices": [oops]}\n\n'

export const FAULTS: readonly Fault[] = [
  {
    name: 'connection refused',
    refused: true,
    ...refused(fallsBack(answer(), '502 upstream_unreachable', 'uncalled')),
  },
  { name: 'reset before the headers', ...refused(fallsBack(reset(), '502 upstream_unreachable')) },
  { name: '302', ...refused(fallsBack(raw('', { status: 302 }), '502 upstream_malformed')) },
  { name: '400, the caller’s own mistake', ...refused(ownMistake(400)) },
  { name: '422, the caller’s own mistake', ...refused(ownMistake(422)) },
  {
    name: 'an error that quotes our key',
    json: stands(request => raw(quoting(request), { status: 400 }), '400 invalid_request_error'),
    stream: fallsBack(request => raw(quotingEvent(request), { type: 'text/event-stream' }), '502 upstream_error', 'either'),
    // What passes natively passes as it is, an error behind the commit included
    committed: {
      ...stands(
        request => spoiltAfter(AFTER, quotingEvent(request), PACED)(request),
        except('error event upstream_error', { openai: 'error event invalid_request_error' }),
        'either',
      ),
      wrongStill: ['openai'],
    },
  },
  { name: '401, our key', ...refused(fallsBack(status(401), '502 upstream_account')) },
  { name: 'a key that the provider does not know', ...refused(fallsBack(refusal('bad-key'), '502 upstream_account')) },
  // Gemini is never heard to say 402; its body says RESOURCE_EXHAUSTED, which there means a rate
  { name: '402', ...refused(fallsBack(status(402), except('502 upstream_account', { google: '429 rate_limit_exceeded' }))) },
  {
    name: 'out of money',
    // The words that Gemini has for it are those it has for every exceeded quota, per minute included
    ...refused(fallsBack(refusal('no-money'), except('502 upstream_account', { google: '429 rate_limit_exceeded' }))),
  },
  { name: '403', ...refused(fallsBack(status(403), '502 upstream_account')) },
  { name: 'a place that is not served', ...refused(fallsBack(refusal('wrong-place'), '502 upstream_location')) },
  { name: '404, the model', ...refused(fallsBack(status(404), '502 upstream_unknown_model')) },
  { name: '408', ...refused(fallsBack(status(408), '503 upstream_overloaded')) },
  { name: '409', ...refused(fallsBack(status(409), '503 upstream_overloaded')) },
  // Another model may have a larger window, as those of which nothing is known may
  { name: '413', ...refused(fallsBack(status(413), '400 context_length_exceeded')) },
  { name: 'a prompt that is too long', ...refused(fallsBack(refusal('too-long'), '400 context_length_exceeded')) },
  {
    name: '429 with retry-after',
    ...refused(fallsBack(refusal('rate-limited', { retryAfterSeconds: 7 }), '429 rate_limit_exceeded')),
  },
  { name: '500', ...refused(fallsBack(status(500), '503 upstream_overloaded')) },
  { name: '502, a proxy’s HTML', ...refused(fallsBack(status(502), '503 upstream_overloaded')) },
  { name: '503', ...refused(fallsBack(status(503), '503 upstream_overloaded')) },
  { name: '504', ...refused(fallsBack(status(504), '503 upstream_overloaded')) },
  { name: '529', ...refused(fallsBack(status(529), '503 upstream_overloaded')) },
  {
    name: 'no headers, ever',
    json: deadlinePasses(silence()),
    stream: fallsBack(silence(), '504 timeout', 'aborted'),
    committed: HEADERS_GONE,
  },
  {
    name: 'headers, then silence',
    json: deadlinePasses(raw([{ kind: 'stall' }])),
    stream: fallsBack(headersOnly(), '504 timeout', 'aborted'),
    committed: STARTED,
  },
  {
    name: 'a slow first token',
    json: deadlinePasses(slow(60_000)),
    stream: fallsBack(slow(60_000), '504 timeout', 'aborted'),
    committed: STARTED,
  },
  {
    name: 'pings only',
    json: NO_EVENTS,
    stream: fallsBack(({ dialect }) => pings(20, dialect === 'anthropic' ? 'event' : 'comment'), '504 timeout', 'aborted'),
    committed: 'pings between tokens are no fault until the idle limit passes, which is the stall below',
  },
  {
    name: 'an error event',
    // Under status 200 and as JSON it is an error in disguise
    json: fallsBack(errorEvent('start'), '502 upstream_error'),
    stream: fallsBack(errorEvent('start'), '502 upstream_error', 'either'),
    // What OpenAI itself says passes as it is
    committed: stands(
      errorEvent(AFTER, PACED),
      except('error event upstream_error', { openai: 'error event server_error' }),
      'either',
    ),
  },
  {
    name: 'a role, then an error event',
    json: NO_EVENTS,
    stream: fallsBack(roleThenError, '502 upstream_error', 'either'),
    committed: 'the error event above',
  },
  { name: 'an empty body', ...document(fallsBack(emptyBody(), '502 upstream_malformed')) },
  { name: '204', ...document(fallsBack(raw([{ kind: 'end' }], { status: 204 }), '502 upstream_malformed')) },
  {
    name: 'an empty event stream',
    json: NO_EVENTS,
    // Its end comes before its answer does
    stream: fallsBack(emptyBody('text/event-stream'), '502 upstream_cut'),
    committed: 'a body that began as an answer does not become empty',
  },
  { name: 'HTML with 200', ...document(fallsBack(html(), '502 upstream_malformed')) },
  {
    name: 'what nobody can parse',
    json: fallsBack(invalidJson(), '502 upstream_malformed'),
    stream: fallsBack(invalidEvent(), '502 upstream_malformed', 'either'),
    committed: stands(spoiltAfter(AFTER, GARBAGE, PACED), 'error event upstream_malformed', 'either'),
  },
  {
    name: 'what nobody can parse, and no end',
    json: NO_EVENTS,
    stream: fallsBack(spoiltAfter('start', GARBAGE, { ending: 'stall' }), '502 upstream_malformed', 'aborted'),
    // Nobody reads the bytes of the native path: what gives it away is the silence behind
    committed: stands(
      spoiltAfter(AFTER, GARBAGE, { ...PACED, ending: 'stall' }),
      except('error event upstream_malformed', { openai: 'error event timeout' }),
      'aborted',
    ),
  },
  {
    name: 'JSON of another shape',
    json: fallsBack(raw('{"object": "list", "data": []}'), '502 upstream_malformed'),
    stream: fallsBack(
      raw('data: {"object": "list", "data": []}\n\n', { type: 'text/event-stream' }),
      '502 upstream_cut',
      'either',
    ),
    committed: 'an event of an unknown shape is one that a newer upstream has added, and is passed over',
  },
  {
    name: 'half a JSON text',
    json: fallsBack(truncatedJson(), '502 upstream_malformed'),
    stream: NO_STREAM,
    committed: NO_STREAM,
  },
  {
    name: 'text/plain',
    json: stands(wrongType('text/plain', { text: FIRST_TEXT }), 'answer'),
    stream: stands(wrongType('text/plain', { text: FIRST_TEXT }), 'answer'),
    committed: HEADERS_GONE,
  },
  {
    name: 'a document’s content type',
    json: stands(wrongType('text/html', { text: FIRST_TEXT }), 'answer'),
    stream: fallsBack(wrongType('application/json', { text: FIRST_TEXT }), '502 upstream_malformed'),
    committed: HEADERS_GONE,
  },
  {
    name: 'a body that is cut (FIN)',
    json: fallsBack(cut('opening'), '502 upstream_cut'),
    stream: fallsBack(cut('opening'), '502 upstream_cut'),
    committed: stands(cut(AFTER, PACED), 'error event upstream_cut'),
  },
  {
    name: 'a body that is cut (RST)',
    json: fallsBack(resetMidBody('opening'), '502 upstream_cut'),
    stream: fallsBack(resetMidBody('opening'), '502 upstream_cut'),
    committed: stands(resetMidBody(AFTER, PACED), 'error event upstream_cut'),
  },
  {
    name: 'a clean end before the answer’s',
    json: 'that is half a JSON text, above',
    stream: fallsBack(eof('opening'), '502 upstream_cut'),
    committed: stands(eof(AFTER, PACED), 'error event upstream_cut'),
  },
  {
    name: 'an end marker that is missing alone',
    json: NO_EVENTS,
    stream: 'what lacks nothing but its end marker has committed',
    // Where the finish reason is an event of its own it has passed by then; at Gemini it is the end marker
    committed: stands(
      noEndMarker(PACED),
      except('error event upstream_cut behind a finish_reason', { google: 'error event upstream_cut' }),
    ),
  },
  {
    name: 'a stall',
    json: deadlinePasses(stall('opening')),
    stream: fallsBack(stall('opening'), '504 timeout', 'aborted'),
    committed: stands(stall(AFTER, PACED), 'error event timeout', 'aborted'),
  },
  {
    name: 'a body without end',
    json: fallsBack(huge(1e12), '502 upstream_malformed', 'aborted'),
    stream: fallsBack(huge(1e12, 'text/event-stream'), '502 upstream_malformed', 'aborted'),
    committed: 'a committed stream may be as long as its deadline allows',
  },
]
