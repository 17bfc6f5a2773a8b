/**
 * What Gemini accepts of a generateContent request. It parses into protocol buffers, so a name that it does not know is refused
 * wherever it stands, and every name may be written in camel or in snake case.
 */
import { invalidGoogle as invalid, refuseGoogle } from '../error/google'
import type { Refusal } from '../error/refusal'
import { isObject, type JsonObject, list, number, object, text } from '../json'
import { type Accepted, accepted, type Prompt, promptTokens, refused, type Tool } from '../prompt'
import { conversation } from './google-contents'
import { camel, named } from './google-names'

/** Tokens, prompt only. */
const CONTEXT_WINDOW = 1_048_576

const TOP = new Set(
  'contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent model store serviceTier'.split(' '),
)

const GENERATION_CONFIG = new Set(
  `stopSequences responseMimeType responseSchema responseJsonSchema _responseJsonSchema responseModalities candidateCount
   maxOutputTokens temperature topP topK seed presencePenalty frequencyPenalty responseLogprobs logprobs responseFormat
   enableEnhancedCivicAnswers speechConfig thinkingConfig imageConfig mediaResolution`.split(/\s+/),
)

/** The part of OpenAPI's schema that the fields `parameters` and `responseSchema` know; their `…JsonSchema` siblings know all. */
const SCHEMA = new Set(
  `type format title description nullable enum maxItems minItems properties required minProperties maxProperties minLength maxLength
   pattern example anyOf propertyOrdering default items minimum maximum`.split(/\s+/),
)

/** Without `path` the name stood at the top. */
function unknownName(name: string, path = ''): Refusal {
  const message = `Invalid JSON payload received. Unknown name "${name}"${path === '' ? '' : ` at '${path}'`}: Cannot find field.`
  return refuseGoogle('bad-request', { message, param: path })
}

export function acceptGoogle(body: unknown, model: string, stream: boolean): Accepted {
  if (model.startsWith('unknown-')) return refused(refuseGoogle('unknown-model', { model }))
  if (!isObject(body)) return refused(invalid('Invalid JSON payload received.'))
  const request = named(body)
  const config = named(request.generationConfig)
  const refusal = shapeProblem(body, request) ?? configProblem(config)
  if (refusal !== undefined) return refused(refusal)
  const talk = conversation(list(request.contents) ?? [], model)
  if (talk.kind === 'refused') return refused(talk.refusal)

  const tools = toolsOf(request)
  const system = (list(named(request.systemInstruction).parts) ?? []).map(part => text(object(part)?.text) ?? '')
  const texts = [...system, ...talk.texts, ...(tools.length > 0 ? [JSON.stringify(request.tools)] : [])]
  const tokens = promptTokens(texts, talk.messages, talk.images)
  if (tokens > CONTEXT_WINDOW) {
    const message = `The input token count (${tokens}) exceeds the maximum number of tokens allowed (${CONTEXT_WINDOW}).`
    return refused(refuseGoogle('too-long', { message }))
  }
  const schema = config.responseJsonSchema ?? config._responseJsonSchema ?? config.responseSchema
  const thinking = named(config.thinkingConfig)
  return accepted({
    model,
    stream,
    question: talk.question,
    images: talk.images,
    tools,
    choice: choiceOf(request.toolConfig),
    results: talk.results,
    json: schema !== undefined || config.responseMimeType === 'application/json' ? { schema } : undefined,
    reasoning:
      thinking.includeThoughts === true
        ? 'shown'
        : Object.keys(thinking).length > 0 && thinking.thinkingBudget !== 0
          ? 'hidden'
          : 'none',
    maxTokens: number(config.maxOutputTokens),
    choices: 1,
    includeUsage: true,
    promptTokens: tokens,
  })
}

function shapeProblem(body: JsonObject, request: JsonObject): Refusal | undefined {
  const top = Object.keys(body).find(name => !TOP.has(camel(name)))
  if (top !== undefined) return unknownName(top)
  const setting = Object.keys(object(request.generationConfig) ?? {}).find(name => !GENERATION_CONFIG.has(camel(name)))
  if (setting !== undefined) return unknownName(setting, 'generation_config')
  for (const [at, tool] of (list(request.tools) ?? []).entries()) {
    for (const [index, declared] of (list(named(tool).functionDeclarations) ?? []).entries()) {
      const path = `tools[${at}].function_declarations[${index}]`
      const { name, parameters, parametersJsonSchema } = named(declared)
      if (!/^[a-zA-Z_][\w.:-]{0,127}$/.test(text(name) ?? '')) return invalid(`Invalid function name at '${path}.name'.`)
      if (parameters !== undefined && parametersJsonSchema !== undefined) {
        return invalid(`Only one of parameters and parameters_json_schema may be set at '${path}'.`)
      }
      const refusal = schemaProblem(parameters, `${path}.parameters`)
      if (refusal !== undefined) return refusal
    }
  }
  return schemaProblem(named(request.generationConfig).responseSchema, 'generation_config.response_schema')
}

function schemaProblem(schema: unknown, path: string): Refusal | undefined {
  if (!isObject(schema)) return undefined
  const unknown = Object.keys(schema).find(name => !SCHEMA.has(camel(name)))
  if (unknown !== undefined) return unknownName(unknown, path)
  if (Array.isArray(schema.type))
    return invalid(`Invalid value at '${path}.type': Proto field is not repeating, cannot start list.`)
  const inner: readonly (readonly [string, unknown])[] = [
    ...Object.entries(object(schema.properties) ?? {}).map(([name, value]) => [`properties[${name}]`, value] as const),
    ['items', schema.items],
    ...(list(named(schema).anyOf) ?? []).map((value, index) => [`any_of[${index}]`, value] as const),
  ]
  for (const [name, value] of inner) {
    const refusal = schemaProblem(value, `${path}.${name}`)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

function configProblem(config: JsonObject): Refusal | undefined {
  const { temperature, candidateCount } = config
  if (typeof temperature === 'number' && (temperature < 0 || temperature > 2)) {
    return invalid('* GenerateContentRequest.generation_config.temperature: temperature must be in the range [0.0, 2.0].')
  }
  if (typeof candidateCount === 'number' && candidateCount !== 1)
    return invalid('Multiple candidates is not enabled for this model')
  const schema = config.responseJsonSchema ?? config._responseJsonSchema ?? config.responseSchema
  if (schema !== undefined && config.responseMimeType !== 'application/json') {
    return invalid(
      '* GenerateContentRequest.generation_config.response_mime_type: must be application/json with a response schema.',
    )
  }
  return undefined
}

const toolsOf = (request: JsonObject): readonly Tool[] =>
  (list(request.tools) ?? []).flatMap(tool =>
    (list(named(tool).functionDeclarations) ?? []).map(value => {
      const { name, description, parameters, parametersJsonSchema } = named(value)
      return { name: text(name) ?? '', description: text(description) ?? '', schema: parametersJsonSchema ?? parameters }
    }),
  )

function choiceOf(toolConfig: unknown): Prompt['choice'] {
  const { mode, allowedFunctionNames } = named(named(toolConfig).functionCallingConfig)
  if (mode === 'NONE') return 'none'
  if (mode !== 'ANY') return 'auto'
  const name = text(list(allowedFunctionNames)?.[0])
  return name === undefined ? 'required' : { name }
}
