// The client as its users have it: packed, and installed into a project that is empty but for what
// the package asks for. What it asks for is the project's own, linked: nothing is asked of a
// registry.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);

export type InstalledClient = {
  /** The project's folder. */
  readonly folder: string;
  /** The package's, in it. */
  readonly installed: string;
  /** Its files. */
  readonly packed: readonly string[];
  readonly manifest: Manifest;
  /** A shell there finds the command, and the Node that runs this. */
  readonly path: string;
  readonly remove: () => Promise<void>;
};

export type Manifest = {
  readonly version: string;
  readonly license: string;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly bin: Readonly<Record<string, string>>;
};

export async function installClient(): Promise<InstalledClient> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-client-'));
  const modules = join(folder, 'node_modules');
  const installed = join(modules, 'sluice');
  await mkdir(join(modules, '.bin'), { recursive: true });
  await mkdir(installed);
  const { stdout } = await run('npm', ['pack', './client', '--json', '--pack-destination', folder]);
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  await run('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  const manifest: Manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
    const link = join(modules, name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(resolve('node_modules', name), link);
  }
  for (const [name, file] of Object.entries(manifest.bin)) {
    await symlink(join(installed, file), join(modules, '.bin', name));
  }
  const bins = [join(modules, '.bin'), dirname(process.execPath), process.env['PATH'] ?? ''];
  return {
    folder,
    installed,
    packed: files.map(({ path }: { readonly path: string }) => path),
    manifest,
    path: bins.join(delimiter),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
