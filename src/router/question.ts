/** A request's question to `decide`: what it asks for, who asks, and the load as it is at this moment. */
import { describe } from '../context/describe'
import type { Question } from './decide'
import { hashKeyOf } from './hash-key'
import type { Isolate } from './isolate'
import type { Journey } from './route'
import type { Host } from './world'

export interface Asking extends Pick<Journey, 'chat' | 'native' | 'controls' | 'claims'> {
  readonly isolate: Isolate
  readonly host: Pick<Host, 'load' | 'place'>
  readonly nowMs: number
  readonly random: () => number
  /** Only asks what would be decided: whoever comes next still gets the same turn. */
  readonly peek?: boolean
}

export function questionOf({ chat, native, controls, claims, isolate, host, nowMs, random, peek = false }: Asking): Question {
  const hashKey = hashKeyOf(chat, controls.key)
  return {
    chat,
    native,
    controls,
    features: describe(chat),
    claims,
    hashKey,
    lastModel: isolate.lastModel(hashKey),
    nowMs,
    random,
    turn: group => isolate.turn(group, { peek }),
    load: id => host.load.load(id, nowMs),
    view: host.load.view(nowMs),
    place: host.place,
  }
}
