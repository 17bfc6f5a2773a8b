/** The parts of a caller's message or tool result as canonical ones. What only OpenAI can fetch or read binds the request to it. */
import type { ChatMessage } from '../../../chat'
import { objectAt, stringAt } from '../../../json'
import { ok, type Result } from '../../../outcome'
import { rejected } from '../../translation/fault'
import type { Untold } from '../../translation/untold'

export type UserPart = Exclude<Extract<ChatMessage, { role: 'user' }>['content'], string>[number]

/** A message's or result's content: text, or a list of parts. `path` names it, for failures. */
export function partsOf(content: unknown, path: string, untold: Untold): Result<UserPart[]> {
  if (typeof content === 'string') return ok([{ type: 'text', text: content }])
  if (!Array.isArray(content)) return rejected(path, `${path}: expected text or a list of parts.`)
  const parts: UserPart[] = []
  for (const [index, part] of content.entries()) {
    const read = partOf(part, `${path}[${index}]`, untold)
    if (!read.ok) return read
    parts.push(...read.value)
  }
  return ok(parts)
}

function partOf(part: unknown, path: string, untold: Untold): Result<readonly UserPart[]> {
  const type = stringAt(part, 'type')
  switch (type) {
    case 'input_text':
    case 'output_text': {
      const text = stringAt(part, 'text')
      return text === undefined
        ? rejected(`${path}.text`, `${path}.text: expected text.`)
        : ok([{ type: 'text', text, ...breakpointOf(part) }])
    }
    case 'input_image':
      return image(part, path, untold)
    case 'input_file':
      return file(part, path, untold)
    case 'input_audio': {
      const audio = objectAt(part, 'input_audio')
      if (audio === undefined) return rejected(`${path}.input_audio`, `${path}.input_audio: expected data and format.`)
      return ok([{ type: 'input_audio', input_audio: { ...audio } }])
    }
    case undefined:
      return rejected(`${path}.type`, `${path}.type: expected the type of a part.`)
    default:
      untold.bind(`${path} (${type})`)
      return ok([])
  }
}

function image(part: unknown, path: string, untold: Untold): Result<readonly UserPart[]> {
  const url = stringAt(part, 'image_url')
  if (url === undefined) {
    if (stringAt(part, 'file_id') === undefined)
      return rejected(`${path}.image_url`, `${path}.image_url: expected an address or a data URL.`)
    untold.bind(`${path}.file_id`)
    return ok([])
  }
  const detail = stringAt(part, 'detail')
  const image_url = { url, ...(detail !== undefined && detail !== 'auto' && { detail }) }
  return ok([{ type: 'image_url', image_url, ...breakpointOf(part) }])
}

/**
 * An uploaded file keeps its place in the canonical request, which knows that it is OpenAI's. A file at an address has the place of one in the request:
 * chat completions know no other, and who reads either tells them apart.
 */
function file(part: unknown, path: string, untold: Untold): Result<readonly UserPart[]> {
  const [data, address, file_id, filename] = ['file_data', 'file_url', 'file_id', 'filename'].map(field => stringAt(part, field))
  const file_data = data ?? address
  if (file_data === undefined && file_id === undefined)
    return rejected(`${path}.file_data`, `${path}.file_data: expected a file.`)
  if ((stringAt(part, 'detail') ?? 'auto') !== 'auto') untold.lose('input[].content[].detail')
  const file = {
    ...(filename !== undefined && { filename }),
    ...(file_data !== undefined && { file_data }),
    ...(file_id !== undefined && { file_id }),
  }
  return ok([{ type: 'file', file, ...breakpointOf(part) }])
}

const BREAKPOINT = 'prompt_cache_breakpoint'

/** Where a cached prompt may end; chat completions have the same word for it, and others learn of it from there. */
function breakpointOf(part: unknown): { readonly [BREAKPOINT]?: unknown } {
  const mark = objectAt(part, BREAKPOINT)
  return mark === undefined ? {} : { [BREAKPOINT]: mark }
}

/** A text and nothing else, not even a breakpoint, can be a message by itself. */
export const isPlain = (part: UserPart | undefined): part is Extract<UserPart, { type: 'text' }> =>
  part?.type === 'text' && !(BREAKPOINT in part)
