/** The table of simulated providers, by the prefix of their paths. */
import { anthropic } from './anthropic'
import { google } from './google'
import { openai } from './openai'
import { PROVIDER_NAMES, type Provider, type ProviderName } from './provider'

export const PROVIDERS: Readonly<Record<ProviderName, Provider>> = { openai, anthropic, google }

/** Splits `/openai/v1/models` into the provider and the path as that provider knows it. */
export function providerAt(pathname: string): { readonly provider: Provider; readonly path: string } | undefined {
  const name = PROVIDER_NAMES.find(prefix => pathname.startsWith(`/${prefix}/`))
  return name === undefined ? undefined : { provider: PROVIDERS[name], path: pathname.slice(name.length + 1) }
}
