/**
 * What needs somebody to keep it. The router keeps nothing between requests, and whoever answers the next one may be another provider, so what
 * refers to earlier requests, or is to be kept for later ones, is refused before anybody is asked, by the field's name and with what to do instead. Tools
 * that OpenAI runs itself are refused likewise: they act on the operator's account (its files, its stores, its containers), to which a
 * client's key gives no right, and nobody else could take over.
 */
import { isObject, objectAt, stringAt } from '../../../json'
import { type Failure, fail } from '../../../outcome'

type Refused = { readonly ok: false; readonly failure: Failure }

export function refused(param: string, why: string): Refused {
  const message = `${param}: ${why}`
  return fail({
    kind: 'rejected',
    upstream: { status: 400, type: 'invalid_request_error', code: 'unsupported_parameter', message, param },
  })
}

const WHOLE = 'Send the whole conversation as input.'

const FIELDS: Readonly<Record<string, string>> = {
  previous_response_id: `this router keeps no responses, so there is no previous one. ${WHOLE}`,
  conversation: `this router keeps no conversations. ${WHOLE}`,
  prompt: 'this router keeps no prompt templates. Send the text itself as instructions and input.',
  background: 'this router keeps no responses to be fetched later. Send the request with stream: true instead.',
}

/** Undefined where the request stands alone. `null` and `false` ask for nothing. */
export function refusedState(body: Readonly<Record<string, unknown>>): Refused | undefined {
  for (const [field, why] of Object.entries(FIELDS)) {
    const value = body[field]
    if (value !== undefined && value !== null && value !== false) return refused(field, why)
  }
  return undefined
}

/** The type may be left out, and then an id is all that there is. */
export const isReference = (item: unknown): boolean => {
  const type = stringAt(item, 'type')
  return (
    type === 'item_reference' ||
    (type === undefined && stringAt(item, 'role') === undefined && stringAt(item, 'id') !== undefined)
  )
}

export const refusedReference = (path: string): Refused =>
  refused(
    path,
    'this router keeps no items that could be referred to, as clients send where store is not false. Send the item itself; ' +
      'the ai SDK does so with providerOptions: { openai: { store: false } }.',
  )

const HOSTED = /^(web_search|file_search|code_interpreter|mcp$|computer|image_generation|programmatic_tool_calling)/

/** A tool, or a choice among tools, by its type. A shell is hosted unless it says that it is the caller's own. */
export function isHosted(tool: unknown): boolean {
  const type = stringAt(tool, 'type') ?? ''
  if (type === 'shell' && isObject(tool) && 'environment' in tool)
    return stringAt(objectAt(tool, 'environment'), 'type') !== 'local'
  return HOSTED.test(type)
}

export const refusedTool = (path: string, tool: unknown): Refused =>
  refused(
    `${path}.type`,
    `"${(stringAt(tool, 'type') ?? '').slice(0, 100)}" is run by OpenAI, which this router does not offer. Offer a function and run it yourself.`,
  )
