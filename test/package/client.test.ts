// The package `sluice` as its users have it: what is in it, what it asks for, a program that uses
// it, and its command line.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type InstalledClient, installClient, run } from './installed-client.ts';

let client: InstalledClient;

beforeAll(async () => {
  client = await installClient();
});
afterAll(() => client.remove());

test('it holds modules with their types, the command line, and no more', () => {
  const { packed } = client;
  const ofProgram = packed.filter((path) => /^dist\/(cli|console|docs)\//.test(path));
  expect(ofProgram).toEqual(
    expect.arrayContaining([
      ...['dist/cli/main.js', 'dist/cli/THIRD-PARTY-LICENSES', 'dist/console/index.html'],
    ]),
  );
  const modules = packed.filter((path) => path.endsWith('.js') && !ofProgram.includes(path));
  expect(modules).toContain('dist/client/sluice.js');
  const types = packed.filter((path) => path.endsWith('.d.ts'));
  expect(types.toSorted()).toEqual(
    modules.map((path) => path.replace(/\.js$/, '.d.ts')).toSorted(),
  );
  const known = [...modules, ...types, ...ofProgram];
  const others = packed.filter((path) => !known.includes(path));
  expect(others.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
});

test('it needs what signs for AWS and nothing else, of the versions tested here', async () => {
  const own = client.manifest;
  const project = JSON.parse(await readFile('package.json', 'utf8'));
  const needed = ['@aws-sdk/credential-provider-node', '@smithy/signature-v4'];
  expect(Object.keys(own.dependencies)).toEqual(needed);
  for (const name of needed) expect(own.dependencies[name]).toBe(project.devDependencies[name]);
  expect([own.version, own.license]).toEqual([project.version, project.license]);
});

test('a program in TypeScript is checked and runs', async () => {
  const { folder } = client;
  const nobody = createServer().listen(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address() as AddressInfo;
  nobody.close();
  const program = `import { apiKey, Sluice, SluiceError } from 'sluice';
const sluice: Sluice = new Sluice({ url: 'http://127.0.0.1:${port}', auth: apiKey('id.secret') });
const admin = sluice.admin({ retry: { retries: 0 } });
const error: unknown = await admin.listTopics().catch((caught: unknown) => caught);
if (!(error instanceof SluiceError)) throw new Error('connected to nobody');
console.log(error.outcome);
`;
  await writeFile(join(folder, 'program.ts'), program);
  const options = {
    module: 'nodenext',
    target: 'es2023',
    strict: true,
    skipLibCheck: false,
    types: ['node'],
    exactOptionalPropertyTypes: true,
  };
  const project = { compilerOptions: options, files: ['program.ts'] };
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project));
  await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  await run(resolve('node_modules/.bin/tsc'), ['-p', folder]);
  const { stdout } = await run(process.execPath, ['program.js'], { cwd: folder });
  expect(stdout).toBe('refused\n');
});

function programOf({ installed, manifest }: InstalledClient): string {
  return join(installed, manifest.bin['sluice'] ?? '');
}

/** What the package's bin does with these words. */
async function sluice(words: string, input = ''): Promise<string> {
  const asked = [programOf(client), ...words.split(' ')];
  const running = run(process.execPath, asked, { env: environment });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

const environment: Record<string, string | undefined> = { ...process.env };

test('its program serves an engine, and works with it', async () => {
  const { folder, manifest } = client;
  expect(await sluice('--version')).toBe(`${manifest.version}\n`);
  expect(await sluice('--help')).toContain('Exit codes:');
  const program = programOf(client);
  // As a shell starts it, by whichever Node it finds.
  expect((await stat(program)).mode & 0o111).toBe(0o111);
  expect(await readFile(program, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  const words = [program, 'serve', '--data', join(folder, 'data'), '--port', '0'];
  const engine = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(engine, 'close');
  try {
    const [greeting] = await once(engine.stdout.setEncoding('utf8'), 'data');
    environment['SLUICE_URL'] = /http:\/\/[\d.:]+/.exec(greeting)?.[0];
    expect((await fetch(`${environment['SLUICE_URL']}/console`)).status).toBe(200);
    expect((await fetch(`${environment['SLUICE_URL']}/openapi.json`)).status).toBe(200);
    await sluice('topics create orders --partitions 2');
    expect(await sluice('topics list')).toBe('orders\n');
    await sluice('produce orders --key-separator :', 'k:one\nk:two\n');
    expect(await sluice('consume orders --group g --count 1')).toBe('one\n');
    expect(await sluice('consume orders --group g --count 1')).toBe('two\n');
    expect(JSON.parse(await sluice('groups lag g --json'))).toMatchObject({ totalLag: 0 });
  } finally {
    engine.kill('SIGINT');
  }
  expect(await ended).toEqual([0, null]);
  expect(await sluice(`fsck --data ${join(folder, 'data')}`)).toContain('damage: 0, leftovers: 0');
  expect(JSON.parse(await sluice('price --sends 1 --json')).bill.dollars).toBeGreaterThan(0);
  const made = await sluice(
    `keys offline create --principal User:a --data ${join(folder, 'data')}`,
  );
  expect(made).toMatch(/^\S+\.\S+\n$/);
});
