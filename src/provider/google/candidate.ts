/** One candidate of an answer or of a frame of a stream, read into the pieces that a canonical answer is made of. */

import { isObject, listAt, numberAt, objectAt, stringAt } from '../../json'
import type { AnswerContext } from '../dialect'
import { type Logprobs, madeCallId } from '../translation/answer'
import { logprobsOf } from './logprobs'

export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'reasoning'; readonly text: string }
  | {
      readonly kind: 'call'
      readonly id?: string
      readonly name: string
      readonly arguments: string
      readonly signature?: string
    }
  /** Belongs to the text before it. */
  | { readonly kind: 'signature'; readonly signature: string }

export interface Candidate {
  readonly index: number
  readonly pieces: readonly Piece[]
  readonly finishReason: string | undefined
  readonly logprobs: Logprobs | undefined
}

export function readCandidate(candidate: unknown): Candidate {
  return {
    index: numberAt(candidate, 'index') ?? 0,
    pieces: listAt(objectAt(candidate, 'content'), 'parts').flatMap(pieces),
    finishReason: stringAt(candidate, 'finishReason'),
    logprobs: logprobsOf(candidate),
  }
}

/** A part may hold text or a call; images, code and whatever is yet to come have no canonical place. */
function pieces(part: unknown): Piece[] {
  const signature = stringAt(part, 'thoughtSignature')
  const call = objectAt(part, 'functionCall')
  if (call !== undefined) {
    const id = stringAt(call, 'id')
    return [
      {
        kind: 'call',
        ...(id !== undefined && id !== '' && { id }),
        name: stringAt(call, 'name') ?? '',
        arguments: JSON.stringify(objectAt(call, 'args') ?? {}),
        ...(signature !== undefined && { signature }),
      },
    ]
  }
  const text = stringAt(part, 'text') ?? ''
  if (isObject(part) && part.thought === true) return text === '' ? [] : [{ kind: 'reasoning', text }]
  return [
    ...(text === '' ? [] : [{ kind: 'text' as const, text }]),
    ...(signature === undefined ? [] : [{ kind: 'signature' as const, signature }]),
  ]
}

/** For calls that came without an id: the same answer always gets the same ones. */
export function callId(context: AnswerContext, candidate: number, position: number): string {
  return madeCallId(context, candidate === 0 ? `${position}` : `${candidate}_${position}`)
}
