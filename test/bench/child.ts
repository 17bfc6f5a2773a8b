/** A part of the benchmark in a process of its own, so that its work is not counted as the Workers': one answer to each message. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { isObject, type JsonObject } from '../providers/json'

export interface Child {
  /** Sends a message and waits for the answer. One at a time. */
  ask(message: object): Promise<JsonObject>
  close(): void
}

/** `name` is a file beside this one. Also resolves with the child's first words. */
export async function start(name: string): Promise<{ readonly child: Child; readonly greeting: JsonObject }> {
  const process = fork(join(import.meta.dirname, `${name}.ts`))
  const greeting = await answerOf(process, name)
  return {
    greeting,
    child: {
      ask(message) {
        const answer = answerOf(process, name)
        process.send(message)
        return answer
      },
      close: () => process.disconnect(),
    },
  }
}

async function answerOf(process: ChildProcess, name: string): Promise<JsonObject> {
  const died = new AbortController()
  const onExit = () => died.abort(new Error(`the ${name} process ended`))
  process.once('exit', onExit)
  try {
    const [answer] = await once(process, 'message', { signal: died.signal })
    if (!isObject(answer)) throw new Error(`the ${name} process answered ${String(answer)}`)
    if (typeof answer.error === 'string') throw new Error(answer.error)
    return answer
  } finally {
    process.off('exit', onExit)
  }
}
