// The simulation with the engine it runs, bundled into one module, some of its sources patched:
// the small world, and the bugs that are planted. The product so has no flags for tests.
//
// A patch names text that must stand in its file exactly once, so that it cannot rot: code that
// moves on takes its patches along, or the build fails.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { assert } from '../../shared/assert.ts';
import type { simulate } from './simulate.ts';
import { smallWorld } from './small-world.ts';

export type Patch = {
  /** From the project's root. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
};

export type Simulation = { readonly simulate: typeof simulate };

const root = resolve(import.meta.dirname, '../..');

/** @param patches on top of the small world. */
export function buildSimulation(patches: readonly Patch[] = []): Promise<Simulation> {
  const entry = join(import.meta.dirname, 'simulate.ts');
  return buildPatched(entry, [...smallWorld, ...patches]);
}

/** @param patches those of one file are applied in their order.
 * @param external files that are left out of the bundle. @returns what the entry exports. */
export async function buildPatched<Module>(
  entry: string,
  patches: readonly Patch[],
  external: readonly string[] = [],
): Promise<Module> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-patched-'));
  const outfile = join(folder, 'bundle.mjs');
  const unused = new Set(patches.map(({ file }) => file));
  try {
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      logLevel: 'silent',
      external: [...external],
      plugins: [patching(patches, unused)],
    });
    assert(unused.size === 0, `patched, but not part of it: ${[...unused].join(', ')}`);
    return await import(/* @vite-ignore */ pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function patching(patches: readonly Patch[], unused: Set<string>): Plugin {
  return {
    name: 'patches',
    setup: ({ onLoad }) => {
      onLoad({ filter: /\.ts$/ }, async ({ path }) => {
        const file = relative(root, path).replaceAll('\\', '/');
        const own = patches.filter((patch) => patch.file === file);
        if (own.length === 0) return undefined;
        unused.delete(file);
        const source = await readFile(path, 'utf8');
        return { contents: own.reduce(patched, source), loader: 'ts' };
      });
    },
  };
}

/** @throws AssertionError unless what the patch looks for is there, once, and changed by it. */
export function patched(source: string, { file, find, replace }: Patch): string {
  const parts = source.split(find);
  assert(parts.length === 2, `${file}: ${parts.length - 1} times, not once: ${find}`);
  assert(find !== replace, `${file}: the patch changes nothing: ${find}`);
  return parts.join(replace);
}
