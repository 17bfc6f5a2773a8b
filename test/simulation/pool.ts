/** Runs tasks on a few threads, each taking the next one when it is done. */
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { Done, Given, Task } from './worker'

const url = (file: string): string => new URL(file, import.meta.url).href

export async function runAll(tasks: readonly Task[], given: Given, threads: number, onDone: (done: Done) => void): Promise<void> {
  const left = tasks.toReversed()
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const worker = new Worker(fileURLToPath(url('./worker.ts')), {
        workerData: given,
        execArgv: ['--import', url('../bench/typescript.mjs')],
      })
      const next = () => {
        const task = left.pop()
        if (task !== undefined) return worker.postMessage(task)
        resolve()
        void worker.terminate()
      }
      worker.on('message', (done: Done) => {
        onDone(done)
        next()
      })
      worker.on('error', reject)
      next()
    })
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, run))
}
