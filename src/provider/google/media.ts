/** A user's content parts as Gemini's: bytes inline whatever their kind, addresses as files that Gemini fetches itself. */

import type { ChatMessage } from '../../chat'
import { objectAt, stringAt } from '../../json'
import { ok, type Result } from '../../outcome'
import { isBase64, readSource } from '../translation/data-url'
import { rejected, unsupported } from '../translation/fault'
import { mediaType, mediaTypeOf } from '../translation/media-type'
import type { Traits } from './gemini'
import type { Part } from './wire'

export type UserPart = Exclude<Extract<ChatMessage, { role: 'user' }>['content'], string>[number]

const AUDIO_FORMATS: readonly unknown[] = ['wav', 'mp3', 'aac', 'ogg', 'flac', 'aiff']

/** Gemini's own store of uploaded files, which knows their types. */
const OWN_FILES = /^https:\/\/generativelanguage\.googleapis\.com\//i

/** `path` names the part, for failures. */
export function mediaPart(part: Exclude<UserPart, { type: 'text' }>, path: string, traits: Traits): Result<Part> {
  switch (part.type) {
    case 'image_url':
      return attachment(part.image_url.url, undefined, `${path}.image_url.url`, traits)
    case 'input_audio':
      return audio(objectAt(part, 'input_audio'), `${path}.input_audio`)
    case 'file':
      return file(objectAt(part, 'file'), `${path}.file`, traits)
  }
}

function audio(content: unknown, path: string): Result<Part> {
  const data = stringAt(content, 'data')
  const format = stringAt(content, 'format')
  if (data === undefined || !isBase64(data)) return rejected(`${path}.data`, `${path}.data must be base64.`)
  if (!AUDIO_FORMATS.includes(format))
    return unsupported(`${path}.format`, `Gemini hears no ${format ?? 'audio without a format'}.`)
  return ok({ inlineData: { mimeType: mediaType(`audio/${format}`), data } })
}

function file(content: unknown, path: string, traits: Traits): Result<Part> {
  const data = stringAt(content, 'file_data')
  const name = stringAt(content, 'filename')
  if (data === undefined) {
    if (stringAt(content, 'file_id') === undefined) return rejected(path, `${path} needs file_data.`)
    return unsupported(`${path}.file_id`, 'An uploaded file is known to the provider that holds it only.')
  }
  const named = name === undefined ? undefined : mediaTypeOf(name)
  // Base64 without the data URL around it; the file's name then says what it is
  if (named !== undefined && isBase64(data)) return ok({ inlineData: { mimeType: named, data } })
  return attachment(data, named, `${path}.file_data`, traits)
}

function attachment(url: string, named: string | undefined, path: string, traits: Traits): Result<Part> {
  const source = readSource(url)
  if (source === undefined) return rejected(path, `${path} must be a base64 data URL or an http(s) URL.`)
  if (source.kind === 'inline') return ok({ inlineData: { mimeType: source.mediaType, data: source.base64 } })
  if (OWN_FILES.test(source.url)) return ok({ fileData: { fileUri: source.url } })
  if (!source.secure || !traits.addresses) return unsupported(path, 'This Gemini does not fetch what stands at this address.')
  const mimeType = named ?? mediaTypeOf(source.url)
  if (mimeType === undefined) return unsupported(path, 'Gemini must be told the media type, and this address does not show it.')
  return ok({ fileData: { fileUri: source.url, mimeType } })
}
