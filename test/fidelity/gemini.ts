/** Reads a generateContent request for what it says. Written from Google's documentation and not from the dialect that writes such requests. */
import { isObject, type JsonObject, list, number, object, text } from '../providers/json'
import { arranged, type Item, type Said, type Turn } from './said'

const objects = (value: unknown): readonly JsonObject[] => (list(value) ?? []).filter(isObject)

export function saidToGemini(body: unknown): Said {
  const request = object(body) ?? {}
  const config = object(request.generationConfig) ?? {}
  const calling = object(object(request.toolConfig)?.functionCallingConfig)
  return {
    system: objects(object(request.systemInstruction)?.parts)
      .map(part => text(part.text) ?? '')
      .join('\n\n'),
    turns: arranged(
      objects(request.contents).map((content): Turn => {
        return { by: content.role === 'model' ? 'assistant' : 'user', items: objects(content.parts).map(itemOf) }
      }),
    ),
    tools: objects(request.tools).flatMap(tool =>
      objects(tool.functionDeclarations).map(declared => ({
        name: text(declared.name) ?? '',
        description: text(declared.description),
        schema: declared.parametersJsonSchema,
      })),
    ),
    choice: choiceOf(calling),
    limit: number(config.maxOutputTokens),
    stop: (list(config.stopSequences) ?? []).map(String),
    temperature: number(config.temperature),
  }
}

function choiceOf(calling: JsonObject | undefined): unknown {
  const name = text(list(calling?.allowedFunctionNames)?.[0])
  switch (calling?.mode) {
    case 'NONE':
      return 'none'
    case 'AUTO':
      return 'auto'
    case 'ANY':
      return name === undefined ? 'required' : { name }
    default:
      return undefined
  }
}

function itemOf(part: JsonObject): Item {
  const data = object(part.inlineData)
  if (data !== undefined) return { is: 'media', url: `data:${data.mimeType};base64,${data.data}` }
  const call = object(part.functionCall)
  if (call !== undefined) return { is: 'call', id: text(call.id) ?? '', name: text(call.name) ?? '', args: call.args }
  const answer = object(part.functionResponse)
  if (answer !== undefined) {
    const value = object(answer.response) ?? {}
    const only = Object.keys(value).length === 1 ? text(value.output) : undefined
    return { is: 'result', id: text(answer.id) ?? '', value: only ?? value }
  }
  return { is: 'text', text: text(part.text) ?? '' }
}
