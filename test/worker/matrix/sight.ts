/**
 * What a client of the OpenAI dialect sees of a response, put into one line that a test can compare and a table can print. Whatever is
 * neither a whole answer nor an honest failure is called nonsense, with the reason.
 */
import { createParser } from 'eventsource-parser'
import { isObject, list, object, text } from '../../providers/json'

export interface Sight {
  /**
   * `answer`; `502 upstream_cut` (the error's code, or its type if it has none); `error event upstream_cut`, with `behind a finish_reason` where the
   * upstream had said its last word but one; `nonsense: …`.
   */
  readonly line: string
  /** All content that came. */
  readonly content: string
  readonly status: number
  readonly headers: Headers
  /** Head and body, to be searched. */
  readonly everything: string
}

export async function sightOf(response: Response): Promise<Sight> {
  const body = await response.text()
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true
  const { line, content } = isStream ? streamSight(response.status, body) : documentSight(response.status, body)
  const everything = `${JSON.stringify([...response.headers])}\n${body}`
  return { line, content, status: response.status, headers: response.headers, everything }
}

type Read = Pick<Sight, 'line' | 'content'>

const nonsense = (why: string, content = ''): Read => ({ line: `nonsense: ${why}`, content })

function documentSight(status: number, body: string): Read {
  const value = parsed(body)
  const error = isObject(value) ? object(value.error) : undefined
  if (error !== undefined) {
    if (status < 400) return nonsense(`an error under status ${status}`)
    return { line: `${status} ${nameOf(error)}`, content: '' }
  }
  const [choice] = isObject(value) ? (list(value.choices) ?? []) : []
  const content = isObject(choice) ? text(object(choice.message)?.content) : undefined
  if (status !== 200 || content === undefined) return nonsense(`${status} with ${body.slice(0, 200)}`)
  return { line: 'answer', content }
}

function streamSight(status: number, body: string): Read {
  const events: string[] = []
  const parser = createParser({ onEvent: ({ data }) => events.push(data) })
  parser.feed(body)
  const values = events.map(parsed)
  const choices = values.flatMap(value => (isObject(value) ? (list(value.choices) ?? []) : [])).filter(isObject)
  const content = choices.map(choice => text(object(choice.delta)?.content) ?? '').join('')
  const finishes = choices.flatMap(choice => text(choice.finish_reason) ?? [])
  const errors = values.flatMap(value => (isObject(value) ? (object(value.error) ?? []) : []))
  const isDone = events.includes('[DONE]')
  const last = values.at(-1)
  const lastError = isObject(last) ? object(last.error) : undefined

  if (status !== 200) return nonsense(`an event stream under status ${status}`, content)
  if (errors.length > 1) return nonsense(`${errors.length} errors`, content)
  if (errors.length === 1 && lastError === undefined) return nonsense('an error that is not the last event', content)
  if (lastError !== undefined && isDone) return nonsense('[DONE] and an error', content)
  if (lastError !== undefined) {
    const behind = finishes.length > 0 ? ' behind a finish_reason' : ''
    return { line: `error event ${nameOf(lastError)}${behind}`, content }
  }
  if (!isDone) return nonsense(`a stream without an end: ${body.slice(-200)}`, content)
  if (events.at(-1) !== '[DONE]') return nonsense('events behind [DONE]', content)
  return finishes.length === 1 ? { line: 'answer', content } : nonsense(`${finishes.length} finish reasons`, content)
}

const nameOf = (error: Readonly<Record<string, unknown>>): string => text(error.code) ?? text(error.type) ?? 'without a name'

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
