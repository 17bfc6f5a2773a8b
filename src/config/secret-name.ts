/** How a configuration speaks of a secret: by the name of the binding that holds it. */
import * as v from 'valibot'

export const SecretName = v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]*$/, 'the NAME of a secret in capitals, never its value'))
