/**
 * Gemini's generateContent on the wire. Every event of its stream is a whole response; function calls come in one piece; lines end
 * in CRLF; nothing marks the end but a finish reason.
 */
import type { Answer, Finish, Frame, Piece } from '../answer'

const FINISH: Readonly<Record<Finish, string>> = {
  stop: 'STOP',
  length: 'MAX_TOKENS',
  // there is no reason of its own for calls
  'tool-calls': 'STOP',
  filtered: 'SAFETY',
}

export interface GeminiPart {
  readonly text?: string
  readonly thought?: true
  readonly thoughtSignature?: string
  readonly functionCall?: { readonly id: string; readonly name: string; readonly args: unknown }
}

export interface GeminiBody {
  readonly candidates: readonly {
    readonly content: { readonly parts?: readonly GeminiPart[]; readonly role: 'model' }
    readonly finishReason?: string
    readonly index: 0
  }[]
  readonly usageMetadata: {
    readonly promptTokenCount: number
    readonly cachedContentTokenCount?: number
    readonly candidatesTokenCount?: number
    readonly thoughtsTokenCount?: number
    readonly totalTokenCount: number
    readonly promptTokensDetails: readonly { readonly modality: 'TEXT'; readonly tokenCount: number }[]
  }
  readonly modelVersion: string
  readonly responseId: string
}

/** The real one is opaque; Gemini 3 wants it back with the call it came with. */
export const THOUGHT_SIGNATURE = 'c2ltdWxhdGVkLXRob3VnaHQ='

export function googleBody(answer: Answer): GeminiBody {
  return response(answer, parts(answer.pieces), FINISH[answer.finish])
}

function response(answer: Answer, content: readonly GeminiPart[], finishReason?: string): GeminiBody {
  const { prompt, cached, reasoning } = answer.usage
  // as long as the answer goes on, only its prompt is counted
  const said = finishReason === undefined ? undefined : answer.usage.answer
  return {
    candidates: [
      {
        content: { ...(content.length > 0 && { parts: content }), role: 'model' },
        ...(finishReason !== undefined && { finishReason }),
        index: 0,
      },
    ],
    usageMetadata: {
      promptTokenCount: prompt,
      ...(cached > 0 && { cachedContentTokenCount: cached }),
      ...(said !== undefined && { candidatesTokenCount: said }),
      ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
      totalTokenCount: prompt + (said ?? 0) + reasoning,
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
    },
    modelVersion: answer.model,
    responseId: answer.id,
  }
}

/** One part a piece: the JSON form. Of parallel calls only the first is signed. */
function parts(pieces: readonly Piece[]): readonly GeminiPart[] {
  const firstCall = pieces.find(piece => piece.kind === 'tool-call')
  return pieces.map(piece => partOf(piece, piece === firstCall))
}

/** A refusal is text here; what tells it apart is the finish reason. */
function partOf(piece: Piece, signed: boolean): GeminiPart {
  const whole = piece.deltas.join('')
  switch (piece.kind) {
    case 'text':
    case 'refusal':
      return { text: whole }
    case 'reasoning':
      return { text: whole, thought: true }
    case 'tool-call': {
      const functionCall = { id: piece.id, name: piece.name, args: JSON.parse(whole) }
      return { functionCall, ...(signed && { thoughtSignature: THOUGHT_SIGNATURE }) }
    }
  }
}

/** One part a delta: the streamed form, except that a call stays whole. */
function streamedParts(pieces: readonly Piece[]): readonly GeminiPart[] {
  const whole = parts(pieces)
  return pieces.flatMap((piece, index): readonly GeminiPart[] => {
    const { text: _, ...rest } = whole[index] ?? {}
    return piece.kind === 'tool-call' ? [rest] : piece.deltas.map(text => ({ text, ...rest }))
  })
}

/** The bodies of a stream in order, for `alt=sse` and for the JSON array that Gemini sends without it. */
export function googleBodies(answer: Answer): readonly { readonly part: Frame['part']; readonly body: GeminiBody }[] {
  const empty = answer.pieces.length === 0
  return [
    ...streamedParts(answer.pieces).map(part => ({ part: 'content' as const, body: response(answer, [part]) })),
    { part: 'closing', body: response(answer, empty ? [] : [{ text: '' }], FINISH[answer.finish]) },
  ]
}

export function googleFrames(answer: Answer): readonly Frame[] {
  return googleBodies(answer).map(({ part, body }) => ({ part, text: `data: ${JSON.stringify(body)}\r\n\r\n` }))
}

/** Without `alt=sse`: one JSON array, a response a line. */
export function googleArray(answer: Answer): string {
  return `[${googleBodies(answer)
    .map(({ body }) => JSON.stringify(body))
    .join(',\r\n')}]`
}
