import { defineConfig } from './config'

/**
 * The case study as data: technical support to GPT, creative writing to Claude, general questions to Gemini.
 * The profiles are priors; measure your own models before you rely on them. Prices and context
 * windows that are missing here come from `profile/catalogue.json`.
 */
export default defineConfig({
  models: {
    gpt: {
      provider: 'openai',
      model: 'gpt-5.2',
      secret: 'OPENAI_API_KEY',
      weight: 2,
      maxInFlight: 200,
      capabilities: ['tools', 'vision', 'json-schema', 'reasoning'],
      profile: { accuracy: 0.92, creativity: 0.8, ethics: 0.84 },
    },
    claude: {
      provider: 'anthropic',
      model: 'claude-sonnet-5',
      secret: 'ANTHROPIC_API_KEY',
      weight: 2,
      maxInFlight: 200,
      capabilities: ['tools', 'vision', 'json-schema', 'documents', 'reasoning'],
      profile: { accuracy: 0.9, creativity: 0.93, ethics: 0.92 },
    },
    gemini: {
      provider: 'google',
      model: 'gemini-3-flash',
      secret: 'GEMINI_API_KEY',
      weight: 3,
      maxInFlight: 400,
      contextWindow: 1_000_000,
      capabilities: ['tools', 'vision', 'json-schema', 'audio', 'documents', 'reasoning'],
      price: { input: 0.5, output: 3 },
      profile: { accuracy: 0.84, creativity: 0.72, ethics: 0.82 },
    },
  },
  pools: { any: ['gpt', 'claude', 'gemini'] },
  routes: [
    { name: 'support', when: { topic: ['technical_support', 'coding'] }, use: ['gpt'], fallback: ['claude', 'gemini'] },
    {
      name: 'creative',
      when: { topic: ['creative_writing'] },
      use: ['claude', 'gpt'],
      strategy: 'model-aware',
      priority: 'creativity',
      fallback: ['gemini'],
    },
    { name: 'hard', when: { complexity: { gte: 0.7 } }, use: ['gpt', 'claude'], strategy: 'adaptive', fallback: ['gemini'] },
    { name: 'default', use: ['gemini'], fallback: ['gpt', 'claude'] },
  ],
})
