// Node runs TypeScript but wants whole file names (a folder's is its index), and to be told of JSON; the sources leave all that out, as bundlers let them.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('.') || context.parentURL?.includes('/node_modules/')) return next(specifier, context)
    if (specifier.endsWith('.json')) return { ...next(specifier, context), importAttributes: { type: 'json' } }
    // A name may hold a dot of its own, as `router.config` does
    const isThere = path => existsSync(new URL(path, context.parentURL))
    if (isThere(`${specifier}/index.ts`)) return next(`${specifier}/index.ts`, context)
    const isSource = !/\.\w+$/.test(specifier) || isThere(`${specifier}.ts`)
    return next(isSource ? `${specifier}.ts` : specifier, context)
  },
})
