/** The OpenAI Chat Completions surface: the canonical shape is its own, so writing it is printing it. */
import { type Problem, problemOf } from '../../outcome'
import type { StreamPart } from '../dialect'
import type { Surface } from '../surface'

export const openaiSurface: Surface = {
  dialect: 'openai',
  answer: completion => JSON.stringify(completion),
  problem: problem => JSON.stringify(errorBody(problem)),
  problemEvent: problem => data(errorBody(problem)),
  pulse: ': waiting for the first token\n\n',
  stream: (context, { includeUsage }) => {
    /** The upstream may have told its model by another name. */
    let { model } = context
    return {
      write(part: StreamPart): string {
        switch (part.kind) {
          case 'chunk':
            model = part.chunk.model
            return data(part.chunk)
          case 'usage': {
            const { id, createdSeconds: created } = context
            return includeUsage
              ? data({ id, object: 'chat.completion.chunk', created, model, choices: [], usage: part.usage })
              : ''
          }
          case 'failure':
            // No [DONE] after it: a client must not take this for a finished answer
            return data(errorBody(problemOf(part.failure)))
          case 'done':
            return 'data: [DONE]\n\n'
        }
      },
    }
  },
}

const data = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`

function errorBody({ message, type, param, code }: Problem) {
  return { error: { message, type, param, code } }
}
