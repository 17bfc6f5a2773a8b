/**
 * What a developer does with a client library, as one interface: each library behind it is used as its own documentation says, unmodified, with
 * nothing set but the router's address and key. Where a library has helpers (parsers, tool runners, accumulators), those are what is used.
 */
import { z } from 'zod'

export interface Ask {
  readonly model: string
  readonly prompt: string
  readonly system?: string
  readonly signal?: AbortSignal
  /** Sent with the request. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly text: string
  /** In the library's own words. */
  readonly finish: string | null | undefined
  /** Tokens, as the library tells them. */
  readonly input: number | undefined
  readonly output: number | undefined
}

export interface Round {
  /** As the library parsed them, in the order of the calls. */
  readonly calls: readonly { readonly name: string; readonly input: unknown }[]
  /** In how many pieces the arguments came; 0 where nothing was streamed. */
  readonly pieces: number
  /** What the model said to the results. */
  readonly text: string
}

export interface Client {
  text(ask: Ask): Promise<Answer>
  /** `onText` hears every piece as it arrives. Rejects when aborted, with what the library has for it. */
  stream(ask: Ask, onText: (piece: string) => void): Promise<Answer>
  /** Offers `weather`, runs what is called, and goes on until there is an answer. */
  tools(ask: Ask, streamed: boolean): Promise<Round>
  /** An answer that follows `Report`, parsed by the library. */
  structured(ask: Ask, streamed: boolean): Promise<unknown>
  /** Shows a PNG. */
  image(ask: Ask, base64: string): Promise<Answer>
  /** Absent where the library cannot list them. */
  readonly models?: () => Promise<readonly string[]>
}

export interface At {
  /** Without a slash at its end. */
  readonly url: string
  readonly key: string
  /** The library's own retries; its default where absent. */
  readonly retries?: number
}

/** Statuses on which every client is asked what it makes of them. */
export type Status = 400 | 401 | 404 | 413 | 429 | 502 | 503 | 504

export interface Library {
  readonly name: string
  connect(at: At): Client
  /** What it calls an answer that is complete, and one that ran out of tokens. */
  readonly finish: { readonly stop: string; readonly length: string }
  /** The class of an error, and what else the library says about it. */
  kindOf(error: unknown): string
  readonly kinds: Readonly<Record<Status, string>>
  /** A prompt beyond the model's context window. */
  readonly tooLong: string
  /** What ends an aborted stream. */
  readonly aborted: string
  /** An error event that is the first thing in a stream, and one amid the answer. */
  readonly inStream: { readonly first: string; readonly amid: string }
  /** A router that cannot be reached. */
  readonly unreachable: string
}

export const Report = z.object({ city: z.string(), degrees: z.number() })
export const CityOf = z.object({ city: z.string() })

const DEGREES: Readonly<Record<string, number>> = { Zürich: 22, Bern: 19 }

/** What the tool answers. */
export const weatherIn = (city: string): string => `${DEGREES[city] ?? 'No'} degrees in ${city}`
