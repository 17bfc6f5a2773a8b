/** The input of a request for a response: which items there are, which parts a speaker may use, and that every result meets its call. */
import { invalidOpenAi, refuseOpenAi } from '../error/openai'
import { given, isObject, type JsonObject, list, object, text } from '../json'
import type { Conversation } from '../prompt'

const refuse = (message: string, param: string, code?: string): Conversation => ({
  kind: 'refused',
  refusal: invalidOpenAi(message, param, code),
})

/** What is stored nowhere cannot be found. */
const notFound = (id: string): Conversation => ({
  kind: 'refused',
  refusal: refuseOpenAi('bad-request', {
    message: `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`,
    param: 'input',
    status: 404,
  }),
})

const ROLES = ['user', 'assistant', 'system', 'developer']
const INPUT_PARTS = ['input_text', 'input_image', 'input_file', 'input_audio']
const OUTPUT_PARTS = ['output_text', 'refusal']

/** `isStateless`: the request is not to be stored, and so may not lean on what was. */
export function conversation(input: unknown, isStateless: boolean): Conversation {
  if (typeof input === 'string')
    return { kind: 'conversation', texts: [input], question: input, results: [], images: 0, messages: 1 }
  const items = list(input)
  if (items === undefined) return refuse("Missing required parameter: 'input'.", 'input', 'missing_required_parameter')
  if (items.length === 0) return refuse("Invalid 'input': empty array.", 'input', 'empty_array')
  const texts: string[] = []
  const open = new Set<string>()
  let question = ''
  let results: string[] = []
  let images = 0

  for (const [index, item] of items.entries()) {
    const at = `input[${index}]`
    if (!isObject(item)) return refuse(`Invalid type for '${at}': expected an object.`, at, 'invalid_type')
    const type = text(item.type) ?? 'message'
    const id = text(item.id)
    if (type === 'item_reference' || (isStateless && id !== undefined && type !== 'reasoning')) return notFound(id ?? '')
    switch (type) {
      case 'message': {
        const content = messageContent(item, at)
        if (content.kind === 'refused') return content
        texts.push(content.text)
        images += content.images
        if (item.role === 'user') {
          question = content.text
          results = []
        }
        break
      }
      case 'function_call':
      case 'custom_tool_call': {
        const missing = ['call_id', 'name', type === 'function_call' ? 'arguments' : 'input'].find(
          field => text(item[field]) === undefined,
        )
        if (missing !== undefined) return refuse(`Missing required parameter: '${at}.${missing}'.`, `${at}.${missing}`)
        open.add(text(item.call_id) ?? '')
        texts.push(text(item.arguments) ?? '')
        results = []
        break
      }
      case 'function_call_output':
      case 'custom_tool_call_output': {
        const call = text(item.call_id) ?? ''
        if (!open.delete(call)) return refuse(`No tool call found for function call output with call_id ${call}.`, 'input')
        const content = parts(item.output, `${at}.output`, INPUT_PARTS)
        if (content.kind === 'refused') return content
        texts.push(content.text)
        images += content.images
        results.push(content.text)
        break
      }
      case 'reasoning':
        if (isStateless && !given(item.encrypted_content)) return notFound(id ?? '')
        break
      default:
        return refuse(`Invalid value: '${type}'.`, `${at}.type`, 'invalid_value')
    }
  }
  const [unanswered] = open
  if (unanswered !== undefined) return refuse(`No tool output found for function call ${unanswered}.`, 'input')
  return { kind: 'conversation', texts, question, results, images, messages: items.length }
}

type Content =
  | { readonly kind: 'content'; readonly text: string; readonly images: number }
  | Extract<Conversation, { kind: 'refused' }>

function messageContent(item: JsonObject, at: string): Content {
  const role = text(item.role) ?? ''
  if (!ROLES.includes(role))
    return wrong(`Invalid value: '${role}'. Supported values are: '${ROLES.join("', '")}'.`, `${at}.role`)
  return parts(item.content, `${at}.content`, role === 'assistant' ? OUTPUT_PARTS : INPUT_PARTS)
}

function parts(content: unknown, at: string, allowed: readonly string[]): Content {
  if (typeof content === 'string') return { kind: 'content', text: content, images: 0 }
  const all = list(content)
  if (all === undefined) return wrong(`Missing required parameter: '${at}'.`, at)
  let whole = ''
  let images = 0
  for (const [index, value] of all.entries()) {
    const part = object(value) ?? {}
    const type = text(part.type) ?? ''
    if (!allowed.includes(type))
      return wrong(`Invalid value: '${type}'. Supported values are: '${allowed.join("', '")}'.`, `${at}[${index}].type`)
    if (type === 'input_image' && text(part.image_url) === undefined && text(part.file_id) === undefined)
      return wrong(`Missing required parameter: '${at}[${index}].image_url'.`, `${at}[${index}].image_url`)
    whole += text(part.text) ?? text(part.refusal) ?? ''
    images += type === 'input_image' ? 1 : 0
  }
  return { kind: 'content', text: whole, images }
}

const wrong = (message: string, param: string): Content => ({
  kind: 'refused',
  refusal: invalidOpenAi(message, param, 'invalid_value'),
})
