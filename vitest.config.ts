// The one test runner; nothing here is timed. What tests modules of ours alone shares a process
// with other files: nothing of the product is kept in a module. What sets the environment, starts
// servers or kills processes has a process of its own. What takes longest has scripts of its own,
// which .ci/run runs, too: the hunts for planted bugs, which say nothing of the product and all of
// its simulation, with more of its seeds, and engines that are killed again and again.
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Folders of test/. */
const programs = ['aws', 'cli/program', 'demo', 'docs', 'functions', 'local', 'package'];

/** Set the environment. */
const startBundles = 'test/infra/bundle*.test.ts';

/** Stacks ship the functions' bundles: they are made once, before the tests. */
const globalSetup = fileURLToPath(new URL('./test/infra/bundles-first.ts', import.meta.url));

/** In a browser. */
const pages = 'test/console/pages*.test.ts';

const hunts = ['test/sim/*mutants.test.ts', 'test/sim/more-seeds.test.ts'];
const kills = 'test/local/kill-*.test.ts';

const limits = { testTimeout: 60_000, hookTimeout: 60_000, pool: 'forks' } as const;

export default defineConfig({
  test: {
    // One a core: by default one core is left for a watcher, which nobody runs here.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...limits,
          name: 'rooms',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...hunts,
            pages,
            'test/infra/**',
            ...programs.map((folder) => `test/${folder}/**`),
          ],
          isolate: false,
        },
      },
      {
        // The library is a second of a processor to load, and is loaded once.
        test: {
          ...limits,
          name: 'stacks',
          include: ['test/infra/**/*.test.ts'],
          exclude: [startBundles],
          isolate: false,
          globalSetup,
        },
      },
      {
        test: {
          ...limits,
          name: 'programs',
          include: [startBundles, ...programs.map((folder) => `test/${folder}/**/*.test.ts`)],
          exclude: [kills],
          globalSetup,
        },
      },
      {
        test: {
          ...limits,
          name: 'pages',
          include: [pages],
          globalSetup: fileURLToPath(new URL('./test/console/console-first.ts', import.meta.url)),
        },
      },
      { test: { ...limits, name: 'hunts', include: hunts } },
      { test: { ...limits, name: 'kills', include: [kills] } },
    ],
  },
});
