/** What holds for every conversation that the public schema lets through, however odd. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anthropic } from '../../src/provider/anthropic'
import { google } from '../../src/provider/google'
import { call, chat, model } from './requests'

const text = fc.oneof(fc.constantFrom('', ' ', '\n', 'a'), fc.string({ maxLength: 8 }))
const content = fc.oneof(text, fc.array(fc.record({ type: fc.constant('text'), text }), { minLength: 1, maxLength: 3 }))
const id = fc.constantFrom('1', '2', 'ü:3')
const message = fc.oneof(
  fc.record({ role: fc.constantFrom('system', 'developer', 'user'), content }),
  fc.record({
    role: fc.constant('assistant'),
    content: fc.option(content),
    tool_calls: fc.option(
      fc.array(fc.tuple(id, fc.constantFrom('{}', '', '{"a":1}', '[')).map(([i, args]) => call(i, 'f', args))),
    ),
  }),
  fc.record({ role: fc.constant('tool'), tool_call_id: id, content }),
)
const conversations = fc.array(message, { minLength: 1, maxLength: 8 })
const options = { seed: 20_261_124, numRuns: 1000 }

type Turn = { role: string; content: { type: string; text?: string; id?: string; tool_use_id?: string }[] }
type Content = { role: string; parts: Record<string, { name?: string }>[] }

describe('a translated conversation', () => {
  it('alternates, opens with the user, and holds neither blank text nor a forbidden id, for Claude', () => {
    fc.assert(
      fc.property(conversations, messages => {
        const result = anthropic.request(chat({ messages }), model(), undefined)
        if (!result.ok) {
          // What makes no sense to anybody, or says nothing at all, which some providers take
          expect(['rejected', 'unsupported messages']).toContain(
            result.failure.kind === 'unsupported' ? `unsupported ${result.failure.field}` : result.failure.kind,
          )
          return
        }
        const turns: Turn[] = JSON.parse(result.value.body).messages
        turns.forEach((turn, index) => {
          expect(turn.role).toBe(index % 2 === 0 ? 'user' : 'assistant')
          expect(turn.content.length).toBeGreaterThan(0)
          const results = turn.content.map(block => block.type === 'tool_result')
          expect(results).toEqual([...results].sort().reverse())
          for (const block of turn.content) {
            if (block.type === 'text') expect(block.text?.trim()).not.toBe('')
            expect(block.id ?? block.tool_use_id ?? 'id').toMatch(/^[a-zA-Z0-9_-]+$/)
          }
        })
      }),
      options,
    )
  })

  it('opens with the user, holds no empty content, and names the function of every response, for Gemini', () => {
    fc.assert(
      fc.property(conversations, messages => {
        const result = google.request(chat({ messages }), model({ name: 'gemini-2.5-pro' }), undefined)
        if (!result.ok) {
          // What makes no sense to anybody, or says nothing at all, which some providers take
          expect(['rejected', 'unsupported messages']).toContain(
            result.failure.kind === 'unsupported' ? `unsupported ${result.failure.field}` : result.failure.kind,
          )
          return
        }
        const contents: Content[] = JSON.parse(result.value.body).contents
        expect(contents[0]?.role).toBe('user')
        for (const { parts } of contents) {
          expect(parts.length).toBeGreaterThan(0)
          for (const part of parts) {
            expect(part.text).not.toBe('')
            if (part.functionResponse !== undefined) expect(part.functionResponse.name).toBe('f')
          }
        }
      }),
      options,
    )
  })

  it.each([
    [anthropic, 'claude-sonnet-5'],
    [google, 'gemini-3-flash'],
  ])('is rejected, not thrown, when its schema is nested beyond what can be written', (dialect, name) => {
    let schema: Record<string, unknown> = { type: 'string' }
    for (let depth = 0; depth < 100_000; depth++) schema = { type: 'array', items: schema }
    const fields = { response_format: { type: 'json_schema', json_schema: { name: 'n', schema } } }
    const result = dialect.request(chat(fields), model({ name }), 'key')
    expect(!result.ok && result.failure.kind).toBe('rejected')
  })
})
