/** The traces of a run: those of a folder, or made-up ones. */
import { createRandom } from '../../src/algorithm/random'
import { syntheticChat, syntheticCode, syntheticReason } from './synthetic-trace'
import type { Trace } from './trace'
import { readTraces } from './trace-files'

/** Always the same ones: a run's seed chooses what is taken of them. */
const SEED = 20

export function tracesOf(folder: string | undefined): readonly Trace[] {
  if (folder !== undefined) return readTraces(folder)
  return [
    syntheticChat(4_000, createRandom(SEED)),
    syntheticReason(16_000, createRandom(SEED + 1)),
    syntheticCode(16_000, createRandom(SEED + 2)),
  ]
}
