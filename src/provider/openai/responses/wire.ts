/** OpenAI's Responses API as this folder reads and writes it. Shapes come from the official SDK's types. */
import type {
  Response,
  ResponseErrorEvent,
  ResponseInputContent,
  ResponseInputItem,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseOutputText,
  ResponseReasoningItem,
  ResponseStreamEvent,
  ResponseUsage,
} from 'openai/resources/responses/responses'
import type { JsonObject } from '../../../json'

export type {
  ResponseErrorEvent,
  ResponseInputContent,
  ResponseInputItem,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseOutputText,
  ResponseReasoningItem,
  ResponseUsage,
}

/** What the answer itself makes of a response. */
type Made = Pick<Response, 'id' | 'created_at' | 'model' | 'output' | 'status' | 'error' | 'incomplete_details'> & {
  readonly usage?: ResponseUsage | null
}

/** The request's settings as a response repeats them: the caller's own words, which nobody has checked against these types. */
export type Settings = { readonly [K in Exclude<keyof Response, keyof Made | 'output_text' | Absent>]?: unknown } & JsonObject
/** Of what this router does not do. */
type Absent = 'access_programs' | 'conversation' | 'prompt' | 'completed_at'

/** `output_text` is the client's own sum of what it was sent. */
export type ResponseObject = Made & Settings

type WithResponse<E> = E extends { response: Response } ? Omit<E, 'response'> & { readonly response: ResponseObject } : E
/** Numbered when it is written. */
type Unnumbered<E> = E extends { sequence_number: number } ? Omit<E, 'sequence_number'> : E
export type StreamEvent = Unnumbered<WithResponse<ResponseStreamEvent>>
