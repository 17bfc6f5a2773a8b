/**
 * Tools and the choice among them. Parameters go into `parametersJsonSchema`, which takes JSON Schema as callers write it; the older
 * `parameters` knows only a part of OpenAPI's schema, and refuses `$ref`, `additionalProperties` and lists of types.
 */

import type { ChatRequest, ChatTool } from '../../chat'
import { ok, type Result } from '../../outcome'
import { type Offered, offeredBy } from '../translation/offered'
import type { FunctionDeclaration, GenerateContentRequest, ToolConfig } from './wire'

export interface Tools {
  readonly request: Pick<GenerateContentRequest, 'tools' | 'toolConfig'>
  readonly dropped: readonly string[]
}

export function toolsOf(chat: ChatRequest): Result<Tools> {
  const offered = offeredBy(chat)
  if (!offered.ok) return offered
  const { tools, choice: wanted } = offered.value
  if (tools.length === 0) return ok({ request: {}, dropped: [] })
  return ok({
    request: {
      tools: [{ functionDeclarations: tools.map(declaration) }],
      ...(wanted !== undefined && { toolConfig: { functionCallingConfig: choice(wanted) } }),
    },
    dropped: tools.some(({ function: { strict } }) => strict === true) ? ['tools[].function.strict'] : [],
  })
}

function declaration({ function: { name, description, parameters } }: ChatTool): FunctionDeclaration {
  return {
    name,
    ...(typeof description === 'string' && description !== '' && { description }),
    ...(parameters !== null && parameters !== undefined && { parametersJsonSchema: parameters }),
  }
}

function choice(wanted: NonNullable<Offered['choice']>): ToolConfig['functionCallingConfig'] {
  if (typeof wanted === 'object') return { mode: 'ANY', allowedFunctionNames: [wanted.name] }
  switch (wanted) {
    case 'none':
      return { mode: 'NONE' }
    case 'auto':
      return { mode: 'AUTO' }
    case 'required':
      return { mode: 'ANY' }
  }
}
