/**
 * The details of Google's RESOURCE_EXHAUSTED: which quota was exceeded, and how long to wait. One error may name several quotas, and
 * the delay it gives is that of the shortest; a used-up day is what decides.
 */
import { listAt, stringAt } from '../../json'

const ofType = (error: unknown, type: string) =>
  listAt(error, 'details').filter(detail => stringAt(detail, '@type')?.endsWith(`google.rpc.${type}`) === true)

/** The day's quota is used up, or there is none at all (a limit of zero): waiting a moment does not help. */
export function quotaIsSpent(error: unknown): boolean {
  const violations = ofType(error, 'QuotaFailure').flatMap(failure => listAt(failure, 'violations'))
  const daily = violations.some(violation => /per_?day/i.test(stringAt(violation, 'quotaId') ?? ''))
  const none = violations.some(violation => stringAt(violation, 'quotaValue') === '0')
  const message = stringAt(error, 'message') ?? ''
  return (
    daily ||
    none ||
    /\blimit: 0\b|spend(ing)? (cap|limit)|credits? (is|are|balance is) (depleted|exhausted)|\bbilling account\b/i.test(message)
  )
}

/** By the RetryInfo detail, else by the message's own words ("Please retry in 1h2m3.5s"). */
export function retryDelayMs(error: unknown): number | undefined {
  const told = ofType(error, 'RetryInfo').map(detail => durationMs(stringAt(detail, 'retryDelay') ?? ''))
  const known = told.find(delay => delay !== undefined)
  return known ?? durationMs(/retry in ((?:[\d.]+(?:ms|h|m|s))+)/i.exec(stringAt(error, 'message') ?? '')?.[1] ?? '')
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
])

function durationMs(text: string): number | undefined {
  if (!/^(\d+(\.\d+)?(ms|h|m|s))+$/i.test(text)) return undefined
  const pieces = [...text.toLowerCase().matchAll(/([\d.]+)(ms|h|m|s)/g)]
  return Math.ceil(pieces.reduce((sum, [, amount, unit]) => sum + Number(amount) * (UNIT_MS.get(unit ?? '') ?? 0), 0))
}

/** The machine-readable reason, e.g. API_KEY_INVALID. */
export function reasonOf(error: unknown): string | undefined {
  return stringAt(ofType(error, 'ErrorInfo')[0], 'reason')
}
