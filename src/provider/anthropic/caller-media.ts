/**
 * A block of a caller's turn as canonical parts. Documents of plain text become text, which every model reads; PDFs travel as files. What
 * only Anthropic can read or fetch (its own uploads, PDFs by address, blocks newer than this list) binds the request to it.
 */
import { isObject, listAt, objectAt, stringAt } from '../../json'
import { ok, type Result } from '../../outcome'
import { rejected } from '../translation/fault'
import type { Untold } from '../translation/untold'
import type { UserPart } from './media'

/** `path` names the block, for failures. */
export function partsOf(block: unknown, path: string, untold: Untold): Result<readonly UserPart[]> {
  const type = stringAt(block, 'type')
  switch (type) {
    case 'text': {
      const text = stringAt(block, 'text')
      return text === undefined ? rejected(`${path}.text`, `${path}.text: expected text.`) : ok([{ type: 'text', text }])
    }
    case 'image':
      return image(block, path, untold)
    case 'document':
      return document(block, path, untold)
    case undefined:
      return rejected(`${path}.type`, `${path}.type: expected the type of a block.`)
    default:
      untold.bind(`${path} (${type})`)
      return ok([])
  }
}

function image(block: unknown, path: string, untold: Untold): Result<readonly UserPart[]> {
  const source = objectAt(block, 'source')
  const type = stringAt(source, 'type')
  switch (type) {
    case 'base64': {
      const url = dataUrl(source)
      if (url === undefined) return incomplete(`${path}.source`)
      return ok([{ type: 'image_url', image_url: { url } }])
    }
    case 'url': {
      const url = stringAt(source, 'url')
      if (url === undefined) return rejected(`${path}.source.url`, `${path}.source.url: expected an address.`)
      return ok([{ type: 'image_url', image_url: { url } }])
    }
    case undefined:
      return rejected(`${path}.source`, `${path}.source: expected a source with a type.`)
    default:
      untold.bind(`${path}.source (${type})`)
      return ok([])
  }
}

/** OpenAI wants a name for every file; Anthropic's documents need none. */
const NAMELESS = 'document.pdf'

function document(block: unknown, path: string, untold: Untold): Result<readonly UserPart[]> {
  if (objectAt(block, 'citations')?.enabled === true) untold.lose('messages[].content[].citations')
  const source = objectAt(block, 'source')
  const title = stringAt(block, 'title')
  const about = stringAt(block, 'context')
  const type = stringAt(source, 'type')
  switch (type) {
    case 'base64': {
      const url = dataUrl(source)
      if (url === undefined) return incomplete(`${path}.source`)
      const file: UserPart = { type: 'file', file: { filename: title || NAMELESS, file_data: url } }
      return ok([...heading(undefined, about), file])
    }
    case 'text': {
      const text = stringAt(source, 'data')
      if (text === undefined) return rejected(`${path}.source.data`, `${path}.source.data: expected text.`)
      return ok([...heading(title, about), { type: 'text', text }])
    }
    case 'content':
      return contents(source, heading(title, about), `${path}.source`, untold)
    case undefined:
      return rejected(`${path}.source`, `${path}.source: expected a source with a type.`)
    default:
      untold.bind(`${path}.source (${type})`)
      return ok([])
  }
}

/** A document that the caller has cut into blocks already. They are text and images, never documents again. */
function contents(source: unknown, parts: readonly UserPart[], path: string, untold: Untold): Result<readonly UserPart[]> {
  const whole = stringAt(source, 'content')
  if (whole !== undefined) return ok([...parts, { type: 'text', text: whole }])
  const read: UserPart[] = [...parts]
  for (const [index, inner] of listAt(source, 'content').entries()) {
    const at = `${path}.content[${index}]`
    if (isObject(inner) && inner.type === 'document') return rejected(at, `${at}: a document cannot hold a document.`)
    const part = partsOf(inner, at, untold)
    if (!part.ok) return part
    read.push(...part.value)
  }
  return ok(read)
}

function heading(title: string | undefined, about: string | undefined): readonly UserPart[] {
  const text = [title, about].filter(line => line !== undefined && line !== '').join('\n')
  return text === '' ? [] : [{ type: 'text', text }]
}

function dataUrl(source: unknown): string | undefined {
  const type = stringAt(source, 'media_type')
  const data = stringAt(source, 'data')
  return type === undefined || data === undefined ? undefined : `data:${type};base64,${data}`
}

const incomplete = (path: string) => rejected(path, `${path}: expected a media_type and base64 data.`)
