/**
 * Traces in files: gzipped, one request a line. CSV with the columns t_ms, input_tokens, output_tokens, or JSON lines with t, i, o, and where known
 * h (prefix-cache blocks) and s (session).
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Row, spread, type Trace, traceOf, withSessions } from './trace'

const NAME = /\.(csv|jsonl)\.gz$/

export function readTraces(folder: string): readonly Trace[] {
  const files = readdirSync(folder).filter(file => NAME.test(file))
  if (files.length === 0) throw new Error(`no *.csv.gz or *.jsonl.gz in ${folder}`)
  return files.sort().map(file => readTrace(join(folder, file)))
}

export function readTrace(file: string): Trace {
  const lines = gunzipSync(readFileSync(file))
    .toString('utf8')
    .split('\n')
    .filter(line => line !== '')
  const name = basename(file).replace(NAME, '')
  return traceOf(name, file.endsWith('.csv.gz') ? fromCsv(lines) : fromJson(lines))
}

function fromCsv([header = '', ...lines]: readonly string[]): readonly Row[] {
  const columns = header.split(',')
  const [t, i, o] = ['t_ms', 'input_tokens', 'output_tokens'].map(name => columns.indexOf(name))
  return lines.map(line => {
    const cells = line.split(',').map(Number)
    const [tMs, input, output] = [t, i, o].map(at => cells[at ?? -1])
    if (tMs === undefined || input === undefined || output === undefined) throw new Error(`not a request: ${line}`)
    return { tMs, input, output }
  })
}

interface Line {
  readonly t: number
  readonly i: number
  readonly o: number
  readonly s?: number
  readonly h?: readonly number[]
}

function fromJson(lines: readonly string[]): readonly Row[] {
  const rows = lines.map((line): Row => {
    const { t, i, o, s, h }: Line = JSON.parse(line)
    return { tMs: t, input: i, output: o, session: s, blocks: h }
  })
  const spreadOut = spread(rows)
  return rows.every(({ session }) => session === undefined) ? withSessions(spreadOut) : spreadOut
}
