/** Simulated Gemini: generateContent and its stream, as events or, without `alt=sse`, as one JSON array; embeddings, one or a batch. */
import { acceptGoogle } from './accept/google'
import { acceptBatch, acceptEmbedding } from './accept/google-embeddings'
import { googleErrorFrame, refuseGoogle } from './error/google'
import { keyProblem, type Provider } from './provider'
import { googleArray, googleBody, googleFrames } from './wire/google'

const PATH = /^\/v1(?:beta)?\/models\/([^/:]+):(generateContent|streamGenerateContent|embedContent|batchEmbedContents)$/

export const google: Provider = {
  name: 'google',
  format: "Google's",
  endpoint: (method, path, query) => {
    const [, model, verb] = PATH.exec(path) ?? []
    if (method !== 'POST' || model === undefined) return undefined
    if (verb === 'embedContent') return { kind: 'reply', reply: body => acceptEmbedding(body, model) }
    if (verb === 'batchEmbedContents') return { kind: 'reply', reply: body => acceptBatch(body, model) }
    const stream = verb === 'streamGenerateContent' && query.get('alt') === 'sse'
    return {
      kind: 'chat',
      accept: body => acceptGoogle(body, model, stream),
      json: verb === 'streamGenerateContent' ? googleArray : answer => JSON.stringify(googleBody(answer)),
    }
  },
  admit: headers => keyProblem(headers.get('x-goog-api-key') ?? undefined, refuseGoogle),
  identity: (unique, nowMs) => ({
    id: unique.slice(0, 22),
    callId: unique.slice(0, 8),
    createdSeconds: Math.floor(nowMs / 1000),
  }),
  stream: googleFrames,
  streamType: 'text/event-stream',
  refuse: refuseGoogle,
  errorFrame: googleErrorFrame,
  headers: () => ({ vary: 'Origin, X-Origin, Referer', 'x-content-type-options': 'nosniff' }),
}
