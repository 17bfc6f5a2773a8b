/** Trains the classifier: `--data DIR`. Writes the weights that the Worker carries; the same data always make the same files. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { trainLanguage } from './language/train'
import { directoryOf, readAllRows, readPairs, readRows } from './rows'
import { trainClassifier } from './weights'

const SEED = 1
const directory = directoryOf(process.argv)
const write = (name: string, weights: unknown): void =>
  writeFileSync(join(import.meta.dirname, `../../src/context/weights/${name}.json`), `${JSON.stringify(weights, undefined, 1)}\n`)

write('task', trainClassifier(readRows(directory, 'train'), readPairs(directory), { seed: SEED }))
write('language', trainLanguage(readAllRows(directory, 'train'), SEED))
