/** The contents of a Gemini request: roles, parts, and the rules on where function calls and their responses stand. */
import { invalidGoogle } from '../error/google'
import { isObject, type JsonObject, list, object, text } from '../json'
import type { Conversation } from '../prompt'
import { camel, named } from './google-names'

interface Turn {
  readonly role: string
  readonly parts: readonly JsonObject[]
}

const PART = new Set(
  'text inlineData fileData functionCall functionResponse executableCode codeExecutionResult thought thoughtSignature videoMetadata mediaResolution partMetadata'.split(
    ' ',
  ),
)

/** Since Gemini 3 a call of the current turn is refused without the signature that it came with. */
const WANTS_SIGNATURES = /^gemini-([3-9]|\d\d)/

const refuse = (message: string): Conversation => ({ kind: 'refused', refusal: invalidGoogle(message) })

export function conversation(contents: readonly unknown[], model: string): Conversation {
  if (contents.length === 0) return refuse('* GenerateContentRequest.contents: contents is not specified')
  const turns: Turn[] = []
  for (const [index, content] of contents.entries()) {
    const role = text(object(content)?.role) ?? 'user'
    if (role !== 'user' && role !== 'model' && role !== 'function') return refuse('Please use a valid role: user, model.')
    const raw = list(object(content)?.parts) ?? []
    if (raw.length === 0) return refuse(`* GenerateContentRequest.contents[${index}].parts: contents.parts must not be empty.`)
    const parts = raw.map(named)
    for (const [at, part] of parts.entries()) {
      const problem = partProblem(part, `contents[${index}].parts[${at}]`)
      if (problem !== undefined) return refuse(problem)
    }
    turns.push({ role: role === 'model' ? 'model' : 'user', parts })
  }
  const problem = callProblem(turns) ?? (WANTS_SIGNATURES.test(model) ? signatureProblem(turns) : undefined)
  return problem === undefined ? understood(turns) : refuse(problem)
}

function partProblem(part: JsonObject, path: string): string | undefined {
  const unknown = Object.keys(part).find(name => !PART.has(camel(name)))
  if (unknown !== undefined) return `Invalid JSON payload received. Unknown name "${unknown}" at '${path}': Cannot find field.`
  const data = ['text', 'inlineData', 'fileData', 'functionCall', 'functionResponse', 'executableCode', 'codeExecutionResult']
  const held = data.filter(name => part[name] !== undefined)
  if (held.length === 0) return `Unable to submit request because it must have a text parameter at '${path}'.`
  if (held.length > 1) return `Invalid value at '${path}' (oneof), oneof field 'data' is already set.`
  if (part.functionCall !== undefined && !isObject(object(part.functionCall)?.args ?? {})) {
    return `Invalid value at '${path}.function_call.args' (type.googleapis.com/google.protobuf.Struct).`
  }
  if (part.functionResponse !== undefined && !isObject(object(part.functionResponse)?.response)) {
    return `Invalid value at '${path}.function_response.response' (type.googleapis.com/google.protobuf.Struct).`
  }
  const blob = part.inlineData ?? part.fileData
  return blob === undefined || text(named(blob).mimeType) !== undefined || part.fileData !== undefined
    ? undefined
    : `Unsupported MIME type: at '${path}'.`
}

const calls = (turn: Turn | undefined): number => (turn?.parts ?? []).filter(part => part.functionCall !== undefined).length
const responses = (turn: Turn | undefined): number =>
  (turn?.parts ?? []).filter(part => part.functionResponse !== undefined).length

function callProblem(turns: readonly Turn[]): string | undefined {
  for (const [index, turn] of turns.entries()) {
    const previous = turns[index - 1]
    if (calls(turn) > 0 && (turn.role !== 'model' || previous?.role !== 'user')) {
      return 'Please ensure that function call turn comes immediately after a user turn or after a function response turn.'
    }
    if (responses(turn) > 0 && calls(previous) === 0) {
      return 'Please ensure that function response turn comes immediately after a function call turn.'
    }
    const answered = responses(turns[index + 1])
    if (calls(turn) > 0 && index < turns.length - 1 && answered !== calls(turn)) {
      return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.'
    }
  }
  return undefined
}

/** The current turn starts with the last content in which the user says something; each of its steps signs its first call. */
function signatureProblem(turns: readonly Turn[]): string | undefined {
  const start = turns.findLastIndex(turn => turn.role === 'user' && responses(turn) === 0)
  const unsigned = turns.slice(start + 1).find(turn => {
    const first = turn.parts.find(part => part.functionCall !== undefined)
    return first !== undefined && (text(first.thoughtSignature) ?? '') === ''
  })
  if (unsigned === undefined) return undefined
  const name = text(object(unsigned.parts.find(part => part.functionCall !== undefined)?.functionCall)?.name)
  return `Function call is missing a thought_signature in functionCall parts. Function call \`default_api:${name}\`, position ${turns.indexOf(unsigned) + 1}.`
}

function understood(turns: readonly Turn[]): Conversation {
  const asked = turns.findLast(turn => turn.role === 'user' && turn.parts.some(part => text(part.text) !== undefined))
  const last = turns.at(-1)
  const all = turns.flatMap(turn => turn.parts)
  const images = all.filter(part => text(named(part.inlineData ?? part.fileData).mimeType)?.startsWith('image/'))
  return {
    kind: 'conversation',
    texts: all.map(part => text(part.text) ?? JSON.stringify(part.functionCall ?? part.functionResponse ?? '')),
    question: (asked?.parts ?? []).map(part => text(part.text) ?? '').join(''),
    results: (last?.parts ?? []).flatMap(part =>
      part.functionResponse === undefined ? [] : [resultText(part.functionResponse)],
    ),
    images: images.length,
    messages: turns.length,
  }
}

/** A response is an object; one that only wraps a text reads better unwrapped. */
function resultText(response: unknown): string {
  const value = object(object(response)?.response) ?? {}
  const [only, ...others] = Object.values(value)
  return others.length === 0 && typeof only === 'string' ? only : JSON.stringify(value)
}
