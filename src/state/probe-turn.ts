/**
 * Who may try a model whose ejection is over. Somebody has to find out whether it works again, and not everybody at once. To hand the leave to one isolate would be
 * exact and useless: of a thousand that share little traffic, that one may have no request for minutes. So in each second a few isolates have a turn, by
 * lot and without a word, as many as it takes that a few of them have a request in that second.
 */
import { hash32 } from '../algorithm/hash'

const TURN_MS = 1_000
/** Isolates with a turn and a request, a second: not every strategy sends that request to the model, and one that stays out for longer costs more than a few that move on. */
const TRIES = 3

/** The fleet's share that has a turn, 0..1. An isolate with several requests in a turn counts once. */
export function turnShare(isolates: number, arrivalsPerSecond: number): number {
  const asking = Math.min(isolates, (arrivalsPerSecond * TURN_MS) / 1_000)
  return Math.min(1, TRIES / Math.max(1, asking))
}

/** Whether it is this isolate's turn to try the model; every second anew, and always the same within it. */
export function hasTurn(isolate: string, model: string, share: number, nowMs: number): boolean {
  return share >= 1 || hash32(`${isolate} ${model} ${Math.floor(nowMs / TURN_MS)}`) < share * 2 ** 32
}
