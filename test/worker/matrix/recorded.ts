/** A provider's healthy answer as the bytes that it would send, to be split, spoiled and put together again by tests. */
import type { Moment } from '../../providers/fault'
import type { ProviderName } from '../../providers/provider'
import type { Step } from '../../providers/schedule'
import { type AnswerOptions, answer, type Bytes, eof, type Plan, raw } from '../../support/plan'
import { type Asked, reply } from '../../support/reply'

/** Where each provider streams. */
const STREAM_PATHS: Readonly<Record<ProviderName, string>> = {
  openai: '/openai/v1/chat/completions',
  anthropic: '/anthropic/v1/messages',
  google: '/google/v1beta/models/m:streamGenerateContent?alt=sse',
}

/** The stream's events, each as the provider writes it. */
export function recordedEvents(dialect: ProviderName, options: AnswerOptions = {}): readonly string[] {
  return dataOf(answer(options), dialect)
}

/** The answer up to the moment, then `spoilt`, then the end or whatever `ending` says. */
export function spoiltAfter(after: Moment, spoilt: Bytes, options: AnswerOptions & { readonly ending?: 'end' | 'stall' } = {}) {
  return ({ dialect = 'openai' }: { readonly dialect: ProviderName | undefined }): Plan => {
    const gapMs = options.gapMs ?? 0
    const whole = dataOf(eof(after, options), dialect)
    return raw([...whole.map(data => send(data, gapMs)), send(spoilt, gapMs), { kind: options.ending ?? 'end' }], {
      type: 'text/event-stream',
    })
  }
}

/** A stream's bytes in pieces of the given sizes and then the rest, each sent apart from the others; ended as `ending` says. */
export function inPieces(bytes: Uint8Array, sizes: readonly number[], ending: 'end' | 'cut' = 'end'): Plan {
  const steps: Step<Bytes>[] = []
  let at = 0
  for (const size of [...sizes, bytes.byteLength]) {
    const piece = bytes.subarray(at, at + size)
    at += size
    // A millisecond apart, or the kernel would join them again
    if (piece.byteLength > 0) steps.push(send(piece, 1))
  }
  return raw([...steps, { kind: ending }], { type: 'text/event-stream' })
}

const send = (data: Bytes, afterMs: number): Step<Bytes> => ({ kind: 'send', afterMs, data })

function dataOf(plan: Plan, dialect: ProviderName): readonly string[] {
  if (plan.kind !== 'answer') throw new Error('only an answer has been recorded')
  const asked: Asked = {
    dialect,
    index: 1,
    method: 'POST',
    path: STREAM_PATHS[dialect],
    body: { stream: true },
    model: 'm',
    stream: true,
  }
  return [...reply(plan, asked).steps].flatMap(step => (step.kind === 'send' ? [step.data.toString()] : []))
}
