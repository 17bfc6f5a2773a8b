/** Writes the tables of "What is translated" into README.md: `node --import ./test/bench/typescript.mjs test/fidelity/write.ts`. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { withFidelity } from './markdown'

const path = join(import.meta.dirname, '../../README.md')
await writeFile(path, withFidelity(await readFile(path, 'utf8')))
