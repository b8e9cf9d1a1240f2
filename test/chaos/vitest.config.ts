import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: { include: ['test/chaos/*.chaos.ts'], pool: 'forks', maxWorkers: 1, testTimeout: 300_000, hookTimeout: 120_000, reporters: ['verbose'] },
})
