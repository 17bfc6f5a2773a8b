/**
 * Reads an HTTP/1.1 response as its bytes come, so that a test can look at it at any moment and a large body costs no more than its
 * length.
 */
export interface RawResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Chunked framing removed. */
  readonly body: string
  /** Whether the body's own framing says that it is all there. */
  readonly complete: boolean
}

export interface ResponseReader {
  readonly push: (bytes: Buffer) => void
  /** Undefined before the head is complete. */
  readonly response: () => RawResponse | undefined
}

export function responseReader(): ResponseReader {
  let head: Pick<RawResponse, 'status' | 'headers'> | undefined
  let pending = Buffer.alloc(0)
  let body: Body | undefined
  const push = (bytes: Buffer): void => {
    if (body !== undefined) {
      body.push(bytes)
      return
    }
    pending = Buffer.concat([pending, bytes])
    const end = pending.indexOf('\r\n\r\n')
    if (end === -1) return
    head = headOf(pending.subarray(0, end).toString('latin1'))
    body =
      head.headers['transfer-encoding']?.toLowerCase() === 'chunked' ? chunkedBody() : plainBody(head.headers['content-length'])
    body.push(pending.subarray(end + 4))
  }
  return {
    push,
    response: () => {
      if (head === undefined || body === undefined) return undefined
      const { parts, complete } = body
      const count = parts.length
      return {
        ...head,
        complete: complete(),
        // joined only when it is looked at, and still as it was when it was asked for
        get body() {
          return Buffer.concat(parts.slice(0, count)).toString('utf8')
        },
      }
    },
  }
}

function headOf(text: string): Pick<RawResponse, 'status' | 'headers'> {
  const [statusLine = '', ...lines] = text.split('\r\n')
  const headers = lines.map(line => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()]
  })
  return { status: Number(statusLine.split(' ')[1]), headers: Object.fromEntries(headers) }
}

interface Body {
  readonly push: (bytes: Buffer) => void
  /** Grows. */
  readonly parts: readonly Buffer[]
  readonly complete: () => boolean
}

/** Without a length the body ends with the connection, which says nothing about its completeness. */
function plainBody(length: string | undefined): Body {
  const parts: Buffer[] = []
  let size = 0
  return {
    push: bytes => {
      parts.push(bytes)
      size += bytes.length
    },
    parts,
    complete: () => length !== undefined && size >= Number(length),
  }
}

/** RFC 9112, section 7.1. A chunk that is only half there counts as far as it goes. */
function chunkedBody(): Body {
  const parts: Buffer[] = []
  let line = ''
  /** Of the chunk being read; 0 reads a size line, negative the line end behind a chunk. */
  let left = 0
  let complete = false
  const push = (bytes: Buffer): void => {
    let at = 0
    while (at < bytes.length && !complete) {
      if (left > 0) {
        const part = bytes.subarray(at, at + left)
        parts.push(part)
        at += part.length
        left -= part.length
        if (left === 0) left = -2
      } else if (left < 0) {
        at += 1
        left += 1
      } else {
        const end = bytes.indexOf('\n', at)
        line += bytes.subarray(at, end === -1 ? bytes.length : end).toString('latin1')
        if (end === -1) return
        at = end + 1
        left = Number.parseInt(line, 16)
        line = ''
        complete = left === 0
      }
    }
  }
  return { push, parts, complete: () => complete }
}
