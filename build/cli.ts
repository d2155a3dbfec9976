// The command line as it is shipped, in client/dist/cli: what every command needs in one file, and
// what one command needs in files of its own, which are loaded when it is asked for (an engine, a
// check, a price). Beside it, what an engine reads when it starts, and the licences of what is in
// all of it.
//
// - What signs requests stays outside: the package asks for it.
// - Shebang and minified: a start pays for each letter that is read.

import { chmod, copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { bundlesIn, literalKeys, projectRoot, requireInEsm } from './bundle.ts';
import { licencesOf } from './licences.ts';
import { consoleFolder, refreshConsole } from './write-console.ts';

const distFolder = join(projectRoot, 'client', 'dist');
const cliFolder = join(distFolder, 'cli');

/** What a package of that name asks for: it is there. */
const dependencies = ['@aws-sdk/credential-provider-node', '@smithy/signature-v4'];

/** In the package, what is built lies beside the program's folder. */
const builtFiles: Plugin = {
  name: 'built files',
  setup: ({ onLoad }) => {
    onLoad({ filter: /local[/\\]built-files\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replace("'../dist/console'", "'../console'"), loader: 'ts' };
    });
  },
};

const bundles = bundlesIn(
  await build({
    absWorkingDir: projectRoot,
    entryPoints: { main: 'cli/main.ts' },
    outdir: '.',
    write: false,
    metafile: true,
    bundle: true,
    splitting: true,
    chunkNames: '[name]-[hash]',
    platform: 'node',
    target: 'node22.16',
    format: 'esm',
    mainFields: ['module', 'main'],
    minify: true,
    external: dependencies,
    plugins: [literalKeys, builtFiles],
    banner: { js: requireInEsm },
    logLevel: 'warning',
  }),
);
await mkdir(cliFolder, { recursive: true });
for (const { name, contents } of bundles) await writeFile(join(cliFolder, name), contents);
await chmod(join(cliFolder, 'main.js'), 0o755);
const licences = await licencesOf('The command line holds', bundles);
await writeFile(join(cliFolder, 'THIRD-PARTY-LICENSES'), licences);
// Where local/built-files.ts says that they are, seen from the program's folder.
await refreshConsole();
await cp(consoleFolder, join(distFolder, 'console'), { recursive: true });
await mkdir(join(distFolder, 'docs'), { recursive: true });
await copyFile(join(projectRoot, 'docs', 'openapi.json'), join(distFolder, 'docs', 'openapi.json'));
