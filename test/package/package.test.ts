// The package as its users have it: packed, installed into an app that is empty, and synthesized
// there by what an app has, which is the CDK and no more. The CDK is the project's own, linked, and
// the package is unpacked where npm would put it: so nothing is asked of a registry.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readFolder } from '../../shared/console/read-folder.ts';
import { handlerNames as bundled, functionNames } from '../../shared/contract.ts';
import { app, shownApps, typedApp } from './apps.ts';

const run = promisify(execFile);
/** An app's only ones. `@types/node` is what the CDK's own types need. */
const linked = ['aws-cdk-lib', 'constructs', '@types/node'];

let folder: string;
let installed: string;
let packed: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-package-'));
  installed = join(folder, 'node_modules', 'sluice-cdk');
  await mkdir(join(folder, 'node_modules', '@types'), { recursive: true });
  await mkdir(installed);
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder]);
  const [{ filename, files }] = JSON.parse(stdout.slice(stdout.indexOf('[\n')));
  packed = files.map(({ path }: { readonly path: string }) => path);
  await run('tar', ['-xzf', join(folder, filename), '-C', installed, '--strip-components=1']);
  for (const name of linked) {
    await symlink(resolve('node_modules', name), join(folder, 'node_modules', name));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Whose names are of what is in them. */
const consoleFiles = [...readFolder('dist/console').keys()].map(
  (path) => `dist/functions/console/files/${path}`,
);

test('it holds the construct with its types, the bundles, and nothing else', () => {
  const others = packed.filter(
    (path) => !/^dist\/(infra(\/[a-z]+)?|shared(\/access)?)\/[a-z-]+\.(js|d\.ts)$/.test(path),
  );
  expect(others.sort()).toEqual(
    [
      'LICENSE',
      'README.md',
      'RUNBOOK.md',
      'dist/THIRD-PARTY-LICENSES',
      ...bundled.map((name) => `dist/functions/${name}/index.mjs`),
      ...consoleFiles,
      'package.json',
    ].sort(),
  );
  const ours = packed.filter((path) => !consoleFiles.includes(path));
  const modules = ours.filter((path) => path.endsWith('.js'));
  const types = packed.filter((path) => path.endsWith('.d.ts'));
  expect(types).toEqual(modules.map((path) => path.replace(/\.js$/, '.d.ts')));
  expect(modules).toContain('dist/infra/sluice.js');
  expect(modules).not.toContain('dist/infra/app.js');
  expect(modules.filter((path) => path.startsWith('dist/shared/'))).toEqual(
    expect.arrayContaining(['dist/shared/contract.js', 'dist/shared/limits.js']),
  );
});

test('it asks for the CDK and for nothing to be installed with it', async () => {
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  expect(manifest.dependencies).toBeUndefined();
  expect(Object.keys(manifest.peerDependencies)).toEqual(['aws-cdk-lib', 'constructs']);
  expect(manifest.scripts.install ?? manifest.scripts.postinstall).toBeUndefined();
});

test('an app synthesizes with no bundler, no Docker and no other program', async () => {
  const resolved = createRequire(join(folder, 'app.mjs'));
  expect(() => resolved.resolve('esbuild')).toThrow('Cannot find module');
  await writeFile(join(folder, 'app.mjs'), app);
  const mayNotStartPrograms = ['--permission', '--allow-fs-read=*', '--allow-fs-write=*'];
  await run(process.execPath, [...mayNotStartPrograms, 'app.mjs'], { cwd: folder });

  const out = join(folder, 'cdk.out');
  const template = JSON.parse(await readFile(join(out, 'App.template.json'), 'utf8'));
  const resources = Object.values<{ Type: string; Properties: { Description?: string } }>(
    template.Resources,
  );
  const described = resources
    .filter(({ Type }) => Type === 'AWS::Lambda::Function')
    .map(({ Properties }) => /^Sluice: (\w+) /.exec(Properties.Description ?? '')?.[1]);
  const deployed = bundled.filter((name) => described.includes(name));
  expect(deployed).toEqual(expect.arrayContaining([...functionNames, 'deliver', 'ingest']));
  expect(await stagedIn(out)).toEqual(await bundlesOf(deployed));
});

/** The types of libraries are checked, too, in the first of them. */
test.each([
  ['nodenext', 'nodenext', false],
  ['esnext', 'bundler', true],
])(
  'its types hold by %s, resolved as %s, and what pages show is true to them',
  async (module, moduleResolution, skipLibCheck) => {
    const config = `tsconfig.${moduleResolution}.json`;
    const compilerOptions = {
      strict: true,
      skipLibCheck,
      noEmit: true,
      module,
      moduleResolution,
      target: 'es2022',
      types: ['node'],
    };
    await writeFile(join(folder, 'app.ts'), typedApp);
    for (const [name, shown] of shownApps) await writeFile(join(folder, name), shown);
    const files = ['app.ts', ...shownApps.keys()];
    await writeFile(join(folder, config), JSON.stringify({ compilerOptions, files }));
    const checked = run(resolve('node_modules/.bin/tsc'), ['-p', config], { cwd: folder });
    expect(await checked.catch(({ stdout }) => stdout)).toMatchObject({ stdout: '' });
  },
);

/** What the functions are deployed with. */
async function stagedIn(out: string): Promise<string[]> {
  const files = await readdir(out, { recursive: true });
  return textsOf(files.filter((file) => file.endsWith('index.mjs')).map((file) => join(out, file)));
}

function bundlesOf(names: readonly string[]): Promise<string[]> {
  return textsOf(names.map((name) => join('dist/functions', name, 'index.mjs')));
}

async function textsOf(files: readonly string[]): Promise<string[]> {
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return texts.sort();
}
