import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'

// Three projects: pure code in Node; what needs Workers types, inside workerd; and the built Worker as a whole, from outside.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          root: '.',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.workerd.test.ts', 'test/worker/**', 'test/browser/**', 'test/readme/**'],
          environment: 'node',
        },
      },
      {
        plugins: [cloudflareTest({ wrangler: { configPath: './wrangler.toml' } })],
        test: {
          name: 'workerd',
          root: '.',
          include: ['test/**/*.workerd.test.ts'],
          // itty-durable's entry mixes CommonJS and ESM: workerd loads it only pre-bundled
          deps: { optimizer: { ssr: { enabled: true, include: ['itty-durable'] } } },
        },
      },
      {
        test: {
          name: 'worker',
          root: '.',
          include: ['test/worker/**/*.test.ts', 'test/browser/**/*.test.ts', 'test/readme/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['test/support/build.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
