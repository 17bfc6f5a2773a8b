/** What every dialect's stream reader promises, run over each dialect's recordings. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AnswerContext, Dialect, StreamPart, StreamReader, UpstreamEvent } from '../../src/provider/dialect'

export const context: AnswerContext = { id: 'chatcmpl-1', createdSeconds: 1_760_000_000, model: 'asked-for' }

/** One event a line; an event is named after its own `type`, where it has one. OpenAI's end marker is no JSON. */
export function recording(dialect: Dialect['name'], name: string): readonly UpstreamEvent[] {
  const lines = readFileSync(join(import.meta.dirname, 'fixtures', dialect, `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map(data => (data === '[DONE]' ? { data } : { event: JSON.parse(data).type, data }))
}

export function play(reader: StreamReader, events: readonly UpstreamEvent[]): StreamPart[] {
  return [...events.flatMap(event => reader.push(event)), ...reader.end()]
}

/** The chunks' choices: what a client would see. */
export const choices = (parts: readonly StreamPart[]) =>
  parts.flatMap(part =>
    part.kind === 'chunk' ? part.chunk.choices.map(({ index, delta, finish_reason }) => ({ index, delta, finish_reason })) : [],
  )

export const deltas = (parts: readonly StreamPart[]) => choices(parts).map(choice => choice.delta)

/** The last part, if it says how the stream went. */
export const ending = (parts: readonly StreamPart[]) => {
  const last = parts.at(-1)
  return last?.kind === 'failure' ? last.failure.kind : last?.kind
}

const isEnd = ({ kind }: StreamPart) => kind === 'done' || kind === 'failure'

export function streamContract(dialect: Dialect, recordings: Readonly<Record<string, readonly UpstreamEvent[]>>): void {
  const events = Object.values(recordings).flat()

  describe('keeps the contract of a stream reader', () => {
    it.each(Object.entries(recordings))('%s: every choice opens with the role and finishes at most once', (_, recorded) => {
      const seen = choices(play(dialect.stream(context), recorded))
      for (const index of new Set(seen.map(choice => choice.index))) {
        const own = seen.filter(choice => choice.index === index)
        expect(own[0]?.delta).toMatchObject({ role: 'assistant', content: '' })
        expect(own.filter(choice => choice.finish_reason !== null).length).toBeLessThanOrEqual(1)
      }
    })

    it.each(Object.entries(recordings))('%s: cut anywhere before its last event, it says so', (_, recorded) => {
      for (let length = 0; length < recorded.length; length++) {
        const parts = play(dialect.stream(context), recorded.slice(0, length))
        // A Gemini stream may be complete before a last frame that only counts tokens
        const finished = dialect.name === 'google' && choices(parts).some(choice => choice.finish_reason !== null)
        if (!finished) expect(ending(parts)).toBe('cut')
      }
    })

    const event = fc.record({
      event: fc.option(fc.constantFrom('message_start', 'error', 'ping', 'new'), { nil: undefined }),
      data: fc.oneof(
        fc.constantFrom(...events.map(({ data }) => data)),
        fc.constantFrom(...events.map(({ data }) => data)).map(data => mangle(data)),
        fc.json(),
        fc.string(),
      ),
    })

    it('whatever comes, it never throws, ends exactly once, and nothing follows the end', () => {
      fc.assert(
        fc.property(fc.array(event, { maxLength: 20 }), pushed => {
          const reader = dialect.stream(context)
          const parts = play(reader, pushed)
          expect(parts.filter(isEnd)).toHaveLength(1)
          expect(parts.findIndex(isEnd)).toBe(parts.length - 1)
          expect(parts.filter(({ kind }) => kind === 'usage').length).toBeLessThanOrEqual(1)
          expect([...pushed.flatMap(one => reader.push(one)), ...reader.end()]).toEqual([])
        }),
        { seed: 20_261_124, numRuns: 500 },
      )
    })
  })
}

/** Right keys, wrong values: strings become numbers, numbers strings, some lists and objects null. */
function mangle(data: string): string {
  if (data === '[DONE]') return '[done]'
  return JSON.stringify(JSON.parse(data), (key, value) => {
    if (key === '' || key === 'type') return value
    if (typeof value === 'string') return value.length
    if (typeof value === 'number') return String(value)
    return key.length % 3 === 0 ? null : value
  })
}
