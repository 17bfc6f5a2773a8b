/**
 * `npm run profile`: asks every configured model the task set through the router, and writes what its answers are worth: accuracy, creativity, ethics,
 * speed. Ctrl-C stops it, and the same command goes on; a second Ctrl-C does not wait.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { readOptions, USAGE } from './options'
import { EXIT, profile } from './profile'

/** Under npm one Ctrl-C arrives twice: from the terminal, and passed on. */
const ECHO_MS = 1_000

const stop = new AbortController()
let stoppedAtMs = Number.POSITIVE_INFINITY
process.on('SIGINT', () => {
  if (performance.now() - stoppedAtMs > ECHO_MS) process.exit(EXIT.stopped)
  if (stop.signal.aborted) return
  stoppedAtMs = performance.now()
  stop.abort(new Error('stopped by Ctrl-C'))
})
process.on('SIGTERM', () => stop.abort(new Error('stopped by SIGTERM')))

const read = readOptions(process.argv.slice(2), process.env)
switch (read.kind) {
  case 'help':
    console.log(USAGE)
    break
  case 'wrong':
    console.error(`${read.why}\n\n${USAGE}`)
    process.exitCode = EXIT.wrong
    break
  case 'options':
    process.exitCode = await profile(read.options, {
      fetch,
      nowMs: () => performance.now(),
      date: () => new Date(),
      random: Math.random,
      sleep: async (ms, signal) => {
        await delay(ms, undefined, { signal })
      },
      signal: stop.signal,
      print: line => console.log(line),
      status: process.stderr.isTTY ? line => process.stderr.write(`\r\u001b[K${line}`) : undefined,
    })
}
