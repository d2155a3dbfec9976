// How a program becomes one file, as Lambda loads it soonest and as it is shipped.
//
// - The AWS SDK goes in: the copy in Lambda's image changes under us, and what is left after tree
//   shaking loads faster than the whole.
// - No source map: it is twice the code, and a cold start pays for what it unpacks; one may be made
//   from the same commit when a trace needs it.
// - The same sources make the same bytes, wherever they lie: a deployment of what has not changed
//   changes nothing.
// - What a function cannot use stays out: the SDK's ways to find credentials elsewhere than in the
//   environment, and the schemas of operations that nobody calls.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BuildResult, build, type Plugin } from 'esbuild';

export type Bundle = {
  readonly name: string;
  readonly contents: Uint8Array;
  /** The files that something was taken from. */
  readonly sources: readonly string[];
};

const pathOf = (url: URL) => fileURLToPath(url);
export const projectRoot = pathOf(new URL('../', import.meta.url));

/** @param entries by name: a file, from the project's root, or a package.
 * @returns in the order of the entries. */
export async function bundle(entries: Readonly<Record<string, string>>): Promise<Bundle[]> {
  const { outputFiles, metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: Object.entries(entries).map(([out, file]) => ({ in: file, out })),
    outdir: '.',
    outExtension: { '.js': '.mjs' },
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    alias: { '@aws-sdk/credential-provider-node': environmentCredentials },
    plugins: [literalKeys],
    banner: { js: requireInEsm },
    logLevel: 'warning',
  });
  return bundlesIn({ outputFiles, metafile }).map(({ name, ...rest }) => {
    return { name: name.replace(/\.mjs$/, ''), ...rest };
  });
}

/** @param built whose output files and metafile are in the same order. */
export function bundlesIn({
  outputFiles,
  metafile,
}: Pick<BuildResult<{ write: false; metafile: true }>, 'outputFiles' | 'metafile'>): Bundle[] {
  return outputFiles.map(({ contents }, index) => {
    const [name = '', output] = Object.entries(metafile.outputs)[index] ?? [];
    const inputs = Object.entries(output?.inputs ?? {});
    const sources = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    return { name, contents, sources: sources.map(([file]) => file) };
  });
}

/** Packages still written in CommonJS ask for Node's own modules by require, which ESM has not. */
export const requireInEsm =
  "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

/** In the place of the SDK's chain, which is a sixth of a bundle. */
const environmentCredentials = pathOf(
  new URL('../shared/aws/environment-credentials.ts', import.meta.url),
);

/** A client's schemas name their members by constants, `{ [_hH]: _xaa }`. esbuild takes such a key
 * for something that may run code, and keeps the schemas of all operations: 55 KB of S3's. With the
 * constants' own text as keys it keeps those that are used. */
export const literalKeys: Plugin = {
  name: 'literal keys',
  setup: ({ onLoad }) => {
    onLoad({ filter: /client-[^/\\]+[/\\]dist-es[/\\]schemas[/\\]\w+\.js$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      const constants = new Map<string, string>();
      for (const [, name = '', value = ''] of text.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)) {
        constants.set(name, value);
      }
      const contents = text.replace(/\[(\w+)\]: /g, (key, name) => {
        const value = constants.get(name);
        return value === undefined ? key : `${value}: `;
      });
      return { contents, loader: 'js' };
    });
  },
};
