// Builds the console: console/ becomes a page, its scripts and its styles in dist/console, which an
// embedded engine serves, and the stack's function `console` holds. Names are of what is in the
// files, so that a browser keeps them for ever; the licences of what is in them lie beside.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { projectRoot } from './bundle.ts';

const sourceFolder = join(projectRoot, 'console');
export const consoleFolder = join(projectRoot, 'dist', 'console');

export async function writeConsole(): Promise<void> {
  await build({
    root: sourceFolder,
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    base: './',
    publicDir: false,
    // The same whoever builds it: what a test has built is served and packed next.
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    build: {
      outDir: consoleFolder,
      emptyOutDir: true,
      // The page is /console, and what it names is below: console/index-4f2a.js.
      assetsDir: 'console',
      target: 'es2022',
      // What is inline, the page's policy refuses.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      license: { fileName: 'LICENSES.md' },
    },
  });
}

/** Only if something that it is made of has changed since. */
export async function refreshConsole(): Promise<void> {
  const made = await stat(join(consoleFolder, 'index.html')).catch(() => undefined);
  const manifest = join(projectRoot, 'package-lock.json');
  const entries = await readdir(sourceFolder, { recursive: true });
  const sources = [manifest, ...entries.map((name) => join(sourceFolder, name))];
  const changes = await Promise.all(sources.map((file) => stat(file)));
  const newest = Math.max(...changes.map(({ mtimeMs }) => mtimeMs));
  if (made === undefined || made.mtimeMs < newest) await writeConsole();
}
