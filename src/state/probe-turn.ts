/**
 * Who may try a model (or an account, or a place) whose ejection is over. Somebody has to find out whether it works again, and not everybody at once. To hand the leave to
 * one isolate would be exact and useless: of a thousand that share little traffic, that one may have no request for minutes. So in each second a few isolates
 * have a turn, by lot and without a word, as many as it takes that a few of them have a request in that second.
 *
 * That request need not be one that could go there: the model may serve a rare route, or a small region of a large fleet. So for every two seconds in which nobody was heard to
 * have tried it, twice as many have a turn.
 */
import { hash32 } from '../algorithm/hash'

const TURN_MS = 1_000
/** Isolates with a turn and a request, in the first second: one that stays out for longer costs more than a few requests that move on. */
const TRIES = 3
const DOUBLING_MS = 2_000

/** The fleet's share that has a turn, 0..1, when it has been due for so long. An isolate with several requests in a turn counts once. */
export function turnShare(isolates: number, arrivalsPerSecond: number, dueForMs = 0): number {
  const asking = Math.min(isolates, (arrivalsPerSecond * TURN_MS) / 1_000)
  return Math.min(1, (TRIES * 2 ** (dueForMs / DOUBLING_MS)) / Math.max(1, asking))
}

/** Whether it is this isolate's turn; every second anew, and always the same within it. Whoever has one has it for all that is due: a model may have to be tried by an account that has to be. */
export function hasTurn(isolate: string, share: number, nowMs: number): boolean {
  return share >= 1 || hash32(`${isolate} ${Math.floor(nowMs / TURN_MS)}`) < share * 2 ** 32
}
