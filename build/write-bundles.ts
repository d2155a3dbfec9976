// Writes what the stack ships: each function's bundle, in a folder of its own that becomes a Lambda
// function's code, the console's files beside the code that serves them, and the licences of what
// is in the bundles. A file that has not changed is left alone,
// and another one takes its place at once, so that whoever reads them meanwhile finds each whole.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readFolder } from '../shared/console/read-folder.ts';
import { consoleFunctionName, handlerNames } from '../shared/contract.ts';
import { type Bundle, bundle, projectRoot } from './bundle.ts';
import { licencesOf } from './licences.ts';
import { consoleFolder, refreshConsole } from './write-console.ts';

const distFolder = join(projectRoot, 'dist');
const licencesFile = join(distFolder, 'THIRD-PARTY-LICENSES');

/** Where infra/function-code.ts looks for them, by package.json's "imports". */
export const bundlesFolder = join(distFolder, 'functions');

export function bundleFunctions(): Promise<Bundle[]> {
  return bundle(Object.fromEntries(handlerNames.map((name) => [name, `functions/${name}.ts`])));
}

export async function writeBundles(): Promise<void> {
  const bundles = await bundleFunctions();
  await mkdir(bundlesFolder, { recursive: true });
  const names = new Set(bundles.map(({ name }) => name));
  for (const found of await readdir(bundlesFolder)) {
    if (!names.has(found)) await rm(join(bundlesFolder, found), { recursive: true });
  }
  for (const { name, contents } of bundles) {
    await write(join(bundlesFolder, name, 'index.mjs'), contents);
  }
  await writeConsoleFiles();
  await write(licencesFile, Buffer.from(await licencesOf('The functions hold', bundles)));
}

/** Where functions/console.ts looks for them. */
async function writeConsoleFiles(): Promise<void> {
  await refreshConsole();
  const folder = join(bundlesFolder, consoleFunctionName, 'files');
  const files = readFolder(consoleFolder);
  for (const path of readFolder(folder).keys()) {
    if (!files.has(path)) await rm(join(folder, path));
  }
  for (const [path, { bytes }] of files) await write(join(folder, path), bytes);
}

async function write(file: string, contents: Uint8Array): Promise<void> {
  const before = await readFile(file).catch(() => undefined);
  if (before?.equals(contents)) return;
  await mkdir(dirname(file), { recursive: true });
  const draft = join(distFolder, `${process.pid}.draft`);
  await writeFile(draft, contents);
  await rename(draft, file);
}
