// Node runs TypeScript but wants whole file names; the sources leave the ending out, as bundlers let them.
import { registerHooks } from 'node:module'

registerHooks({
  resolve(specifier, context, next) {
    const isOurs = specifier.startsWith('.') && !context.parentURL?.includes('/node_modules/')
    const isSource = isOurs && !/\.\w+$/.test(specifier)
    return next(isSource ? `${specifier}.ts` : specifier, context)
  },
})
