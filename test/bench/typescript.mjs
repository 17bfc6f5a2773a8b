// Node runs TypeScript but wants whole file names, and to be told of JSON; the sources leave both out, as bundlers let them.
import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith('.') || context.parentURL?.includes('/node_modules/')) return next(specifier, context)
    if (specifier.endsWith('.json')) return { ...next(specifier, context), importAttributes: { type: 'json' } }
    // A name may hold a dot of its own, as `router.config` does
    const isSource = !/\.\w+$/.test(specifier) || existsSync(new URL(`${specifier}.ts`, context.parentURL))
    return next(isSource ? `${specifier}.ts` : specifier, context)
  },
})
