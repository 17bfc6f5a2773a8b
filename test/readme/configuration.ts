/** What README.md shows of configuration, read as the project itself reads it: TypeScript by its compiler, TOML by wrangler. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unstable_readConfig } from 'wrangler'
import { ROOT, run } from './run'

/** Default exports of configuration files that would stand in `src/`, type-checked first. Rejects with the compiler's words. */
export async function defaultExportsOf(sources: readonly string[]): Promise<readonly unknown[]> {
  // Inside the project, so that packages resolve; `dist` belongs to nobody
  await mkdir(join(ROOT, 'dist'), { recursive: true })
  const folder = await mkdtemp(join(ROOT, 'dist/readme-'))
  try {
    const files = sources.map((_, index) => join(folder, `${index}.ts`))
    const inPlace = (source: string) => source.replaceAll(/from '\.\/([\w-]+)'/g, "from '../../src/$1'")
    await Promise.all(files.map((file, index) => writeFile(file, inPlace(sources[index] ?? ''))))
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }))
    await run(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', folder])
    const modules = await Promise.all(
      files.map(file => import(/* @vite-ignore */ file) as Promise<{ readonly default?: unknown }>),
    )
    return modules.map(module => module.default)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The project's wrangler.toml with this in it. Throws where wrangler refuses it. */
export async function wranglerConfigWith(toml: string): Promise<ReturnType<typeof unstable_readConfig>> {
  const folder = await mkdtemp(join(tmpdir(), 'ringroad-readme-'))
  try {
    const file = join(folder, 'wrangler.toml')
    await writeFile(file, `name = "ringroad"\ncompatibility_date = "2026-10-01"\n${toml}\n`)
    return unstable_readConfig({ config: file }, { hideWarnings: true })
  } finally {
    await rm(folder, { recursive: true })
  }
}
