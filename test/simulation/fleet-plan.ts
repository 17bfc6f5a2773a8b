/** The fleet as an operator would configure it: one pool under one strategy, weighed by what he thinks of the models. */
import { parseConfig } from '../../src/config'
import { createPlan, type Plan } from '../../src/router/plan'
import type { StrategyName } from '../../src/strategy/strategy'
import { priceOf } from './deadlines'
import type { Setting } from './simulation'

export const POOL = 'fleet'

export function planFor(strategy: StrategyName, { scenario, weights }: Setting): Plan {
  const models = scenario.fleet.models.map((spec, index) => [
    spec.name,
    {
      provider: 'openai-compatible',
      model: `${spec.name}-upstream`,
      baseUrl: `https://${spec.name}.example/v1`,
      price: { input: priceOf(spec) / 8, output: priceOf(spec) },
      // A model here may stand for hundreds
      maxInFlight: 1_000_000,
      weight: Math.max(0.1, Math.round((weights[index] ?? 1) * 1000) / 10),
    },
  ])
  const pool = scenario.fleet.models.map(({ name }) => name)
  const config = parseConfig({ models: Object.fromEntries(models), pools: { [POOL]: pool }, strategy })
  if (!config.ok) throw new Error(JSON.stringify(config.failure))
  return createPlan(config.value, () => [])
}
