/**
 * CPU time of workerd, from Linux's /proc. On a machine shared with the load and with others it says more than requests a second do, since
 * time spent waiting for a core does not count.
 */
import { readdirSync, readFileSync } from 'node:fs'

/** The workerd that this process has started; undefined where there is no /proc. */
export function workerdPid(): number | undefined {
  if (process.platform !== 'linux') return undefined
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return pids.map(Number).find(pid => {
    const stat = read(`/proc/${pid}/stat`)
    // pid (command) state parent …; the command may itself contain brackets
    const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return stat.includes('(workerd)') && Number(parent) === process.pid
  })
}

/**
 * User and system time of all its threads so far. It is the sum that `/proc/<pid>/stat` gives as utime + stime, but in nanoseconds
 * instead of hundredths of a second, which a short round would feel.
 */
export function cpuMs(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map(thread =>
    Number(read(`/proc/${pid}/task/${thread}/schedstat`).split(' ')[0]),
  )
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6
}

/** Empty where the process or thread has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
