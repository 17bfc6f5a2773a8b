/** A user's content parts as Claude's blocks: text, images, PDFs and plain text. Audio has no block. */
import type { ChatMessage } from '../../chat'
import { objectAt, stringAt } from '../../json'
import { ok, type Result } from '../../outcome'
import { isBase64, readSource, type Source } from '../translation/data-url'
import { rejected, unsupported } from '../translation/fault'
import { mediaTypeOf } from '../translation/media-type'
import type { Block, ImageBlockParam } from './wire'

export type UserPart = Exclude<Extract<ChatMessage, { role: 'user' }>['content'], string>[number]

type ImageType = Extract<ImageBlockParam['source'], { type: 'base64' }>['media_type']
const IMAGE_TYPES: readonly ImageType[] = ['image/jpeg', 'image/png', 'image/gif', 'image/webp']

/** `path` names the part, for failures. */
export function mediaBlock(part: Exclude<UserPart, { type: 'text' }>, path: string): Result<Block> {
  switch (part.type) {
    case 'image_url':
      return image(part.image_url.url, `${path}.image_url.url`)
    case 'input_audio':
      return unsupported(path, 'Claude takes no audio.')
    case 'file':
      return file(objectAt(part, 'file'), `${path}.file`)
  }
}

function image(url: string, path: string): Result<Block> {
  const source = readSource(url)
  if (source === undefined) return rejected(path, `${path} must be a base64 data URL or an http(s) URL.`)
  if (source.kind === 'address') {
    if (!source.secure) return unsupported(path, 'Claude fetches images over https only.')
    return ok({ type: 'image', source: { type: 'url', url: source.url } })
  }
  const type = IMAGE_TYPES.find(known => known === source.mediaType)
  if (type === undefined) return unsupported(path, `Claude reads no ${source.mediaType}.`)
  return ok({ type: 'image', source: { type: 'base64', media_type: type, data: source.base64 } })
}

function file(content: unknown, path: string): Result<Block> {
  const data = stringAt(content, 'file_data')
  const name = stringAt(content, 'filename')
  if (data === undefined) {
    if (stringAt(content, 'file_id') === undefined) return rejected(path, `${path} needs file_data.`)
    return unsupported(`${path}.file_id`, 'An uploaded file is known to the provider that holds it only.')
  }
  const source = readSource(data) ?? bare(data, name)
  if (source === undefined) return rejected(`${path}.file_data`, `${path}.file_data must be a base64 data URL.`)
  return document(source, name, `${path}.file_data`)
}

/** Base64 without the data URL around it; the file's name then says what it is. */
function bare(data: string, name: string | undefined): Source | undefined {
  const mediaType = name === undefined ? undefined : mediaTypeOf(name)
  return mediaType !== undefined && isBase64(data) ? { kind: 'inline', mediaType, base64: data } : undefined
}

function document(source: Source, name: string | undefined, path: string): Result<Block> {
  const title = name === undefined || name === '' ? {} : { title: name }
  if (source.kind === 'address') {
    if (!source.secure) return unsupported(path, 'Claude fetches documents over https only.')
    return ok({ type: 'document', source: { type: 'url', url: source.url }, ...title })
  }
  if (source.mediaType === 'application/pdf') {
    return ok({ type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: source.base64 }, ...title })
  }
  if (!source.mediaType.startsWith('text/')) return unsupported(path, `Claude reads no ${source.mediaType}.`)
  const text = decode(source.base64)
  if (text === undefined) return rejected(path, `${path} is not UTF-8 text.`)
  return ok({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: text }, ...title })
}

function decode(base64: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0))
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes)
  } catch {
    return undefined
  }
}
