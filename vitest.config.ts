// The one test runner. Suites of a test file run in one process a core; nothing here is timed.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // One a core: by default one core is left for a watcher, which nobody runs here.
    maxWorkers: '100%',
  },
});
