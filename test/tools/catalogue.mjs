// Writes src/profile/catalogue.json: prices and context windows of the models that the three native providers sell, taken from
// @pydantic/genai-prices (MIT). Run `npm run catalogue` after updating that package; a test holds the file to the package.
import { writeFileSync } from 'node:fs'
import { calcPrice, findProvider } from '@pydantic/genai-prices'

const PROVIDERS = { openai: 'openai', anthropic: 'anthropic', google: 'google' }
const MILLION = 1_000_000

/** Exact names that a match rule accepts; prefixes and patterns are left to the configuration. */
const namesOf = match => ('equals' in match ? [match.equals] : 'or' in match ? match.or.flatMap(namesOf) : [])

/** { provider: { model: [input $/Mtok, output $/Mtok, context window in tokens or 0] } } */
export function catalogue() {
  const result = {}
  for (const [name, providerId] of Object.entries(PROVIDERS)) {
    const models = {}
    for (const info of findProvider({ providerId })?.models ?? [])
      for (const id of new Set([info.id, ...namesOf(info.match)])) {
        const price = calcPrice({ input_tokens: MILLION, output_tokens: MILLION }, id, { providerId })
        const short = calcPrice({ input_tokens: 1_000, output_tokens: 1_000 }, id, { providerId })
        if (id.includes('/')) continue // another vendor's model, resold
        if (price === null || short === null || !(short.output_price > 0)) continue
        const perMillion = figure => Math.round(figure * 1_000 * 10_000) / 10_000
        models[id] = [perMillion(short.input_price), perMillion(short.output_price), info.context_window ?? 0]
      }
    result[name] = Object.fromEntries(Object.entries(models).sort(([a], [b]) => (a < b ? -1 : 1)))
  }
  return result
}

export const catalogueText = () => {
  const providers = Object.entries(catalogue()).map(
    ([name, models]) =>
      `  ${JSON.stringify(name)}: {\n${Object.entries(models)
        .map(([id, figures]) => `    ${JSON.stringify(id)}: ${JSON.stringify(figures).replaceAll(',', ', ')}`)
        .join(',\n')}\n  }`,
  )
  return `{\n${providers.join(',\n')}\n}\n`
}

if (import.meta.main) writeFileSync(new URL('../../src/profile/catalogue.json', import.meta.url), catalogueText())
