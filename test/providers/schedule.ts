/**
 * When a body's bytes leave and how it ends, as plain data. The Worker and the Node upstream both play schedules; only the way they
 * cut a connection differs.
 */
import type { Frame } from './answer'
import type { Moment, StreamFault } from './fault'

export interface Pace {
  /** From the headers to the first content. */
  readonly firstMs: number
  /** Between one content event and the next. */
  readonly gapMs: number
}

/** `send` waits first. A schedule has exactly one ending step, its last. */
export type Step<Data = string> =
  | { readonly kind: 'send'; readonly afterMs: number; readonly data: Data }
  /** `end` is clean, `cut` breaks the connection, `stall` keeps it open in silence. */
  | { readonly kind: 'end' | 'cut' | 'stall' }

/** `errorFrame` is what an `error` fault sends before the stream ends. */
export function scheduleStream(
  frames: readonly Frame[],
  pace: Pace,
  fault?: StreamFault | undefined,
  errorFrame = '',
): readonly Step[] {
  const sent = fault === undefined ? frames : frames.slice(0, framesBefore(frames, fault.after))
  const firstContent = frames.findIndex(frame => frame.part === 'content')
  const steps = sent.map((frame, index): Step => {
    const afterMs = frame.part === 'content' ? (index === firstContent ? pace.firstMs : pace.gapMs) : 0
    return { kind: 'send', afterMs, data: frame.text }
  })
  switch (fault?.kind) {
    case undefined:
    case 'end':
      return [...steps, { kind: 'end' }]
    case 'error':
      return [...steps, { kind: 'send', afterMs: pace.gapMs, data: errorFrame }, { kind: 'end' }]
    case 'cut':
    case 'stall':
      return [...steps, { kind: fault.kind }]
  }
}

/** A JSON answer leaves at once, or half of it does. `errorBody` is what an `error` fault sends in its place. */
export function scheduleJson(body: string, fault?: StreamFault | undefined, errorBody = ''): readonly Step[] {
  if (fault?.kind === 'error') return [{ kind: 'send', afterMs: 0, data: errorBody }, { kind: 'end' }]
  const sent = fault === undefined ? body : fault.after === 'start' ? '' : body.slice(0, Math.floor(body.length / 2))
  const send: readonly Step[] = sent === '' ? [] : [{ kind: 'send', afterMs: 0, data: sent }]
  return [...send, { kind: fault?.kind ?? 'end' }]
}

/** How many frames leave before the moment; a moment beyond the last content frame is right behind it. */
function framesBefore(frames: readonly Frame[], moment: Moment): number {
  if (moment === 'start') return 0
  const wanted = moment === 'opening' ? 0 : moment
  let content = 0
  const stop = frames.findIndex(frame => {
    if (frame.part === 'closing') return true
    if (frame.part === 'content') content += 1
    return content > wanted
  })
  return stop === -1 ? frames.length : stop
}
