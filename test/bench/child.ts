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

/** `name` is a file beside this one, `flags` are Node's own. Also resolves with the child's first words. */
export async function start(
  name: string,
  flags: readonly string[] = [],
): Promise<{ readonly child: Child; readonly greeting: JsonObject }> {
  const child = fork(join(import.meta.dirname, `${name}.ts`), { execArgv: [...process.execArgv, ...flags] })
  const greeting = await answerOf(child, name)
  return {
    greeting,
    child: {
      ask(message) {
        const answer = answerOf(child, name)
        child.send(message)
        return answer
      },
      close: () => child.disconnect(),
    },
  }
}

async function answerOf(child: ChildProcess, name: string): Promise<JsonObject> {
  const died = new AbortController()
  const onExit = () => died.abort(new Error(`the ${name} process ended`))
  child.once('exit', onExit)
  try {
    const [answer] = await once(child, 'message', { signal: died.signal })
    if (!isObject(answer)) throw new Error(`the ${name} process answered ${String(answer)}`)
    if (typeof answer.error === 'string') throw new Error(answer.error)
    return answer
  } finally {
    child.off('exit', onExit)
  }
}
