// `npm start`: the router and the simulated providers under `wrangler dev`, on one port. Takes wrangler's own flags, e.g. `npm start -- --port 9000`.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')
// As an absolute path: wrangler looks beside its configuration, and Node itself, which also reads this flag, in the working directory
const vars = resolve(root, '.dev.vars')
const own = process.argv.slice(2)
const unless = (flag, value) => (own.some(word => word === flag || word.startsWith(`${flag}=`)) ? [] : [flag, value])

const child = spawn(
  process.execPath,
  [
    resolve(root, 'node_modules/wrangler/bin/wrangler.js'),
    'dev',
    ...['-c', 'test/local/wrangler.toml', '-c', 'test/providers/wrangler.toml'],
    ...(existsSync(vars) ? ['--env-file', vars] : []),
    // What is learned of simulators must not be taken for real models later
    ...unless('--persist-to', existsSync(vars) ? '.wrangler/real' : '.wrangler/simulated'),
    ...unless('--port', '8787'),
    ...own,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    // Nothing is fetched from outside: the local runtime needs neither a location nor an account
    env: { CLOUDFLARE_CF_FETCH_ENABLED: 'false', WRANGLER_SEND_METRICS: 'false', ...process.env },
  },
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
// npm passes no signal on when it is ended itself; what it leaves behind notices by its new parent
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) child.kill('SIGTERM')
}, 1_000).unref()
child.on('exit', code => process.exit(code ?? 0))
