/** Reading a whole body with an end in sight: an upstream that never stops sending must not fill the isolate. */

/** `isWhole` false: there was more than `maxBytes`, and the rest was not read. Rejects where the body breaks. */
export async function readText(
  body: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<{ readonly text: string; readonly isWhole: boolean }> {
  if (body === null) return { text: '', isWhole: true }
  const reader = body.getReader()
  const decoder = new TextDecoder()
  let text = ''
  let bytes = 0
  for (;;) {
    const { value, done } = await reader.read()
    if (done) return { text: text + decoder.decode(), isWhole: true }
    const roomBytes = maxBytes - bytes
    bytes += value.byteLength
    if (bytes > maxBytes) {
      await reader.cancel()
      return { text: text + decoder.decode(value.subarray(0, roomBytes), { stream: true }), isWhole: false }
    }
    text += decoder.decode(value, { stream: true })
  }
}
