// The program itself, as a process beside an engine: its streams, its signals, its files.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ChildEngine, startChildEngine } from '../../local/child-engine.ts';

const main = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));

let folder = '';
let engine: ChildEngine;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
  engine = await startChildEngine(join(folder, 'data'));
  await sluice('topics create orders many --partitions 2').ended;
});
afterAll(async () => {
  await engine.kill('SIGTERM');
  await rm(folder, { recursive: true });
});

function sluice(words: string, input?: string) {
  const child = spawn(process.execPath, [main, ...words.split(' ')], {
    env: { ...process.env, SLUICE_URL: engine.url, XDG_CONFIG_HOME: folder },
    stdio: 'pipe',
  });
  const said = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said.err += text;
  });
  if (input !== undefined) child.stdin.end(input);
  const ended = once(child, 'close').then(([status, signal]) => ({
    ...said,
    code: signal ?? status,
  }));
  return { child, ended };
}

test('what is produced by a pipe is consumed by a pipe', async () => {
  const lines = Array.from({ length: 20_000 }, (_, index) => `message ${index}\n`).join('');
  const produced = await sluice('produce orders --partition 0', lines).ended;
  expect(produced).toMatchObject({ code: 0, out: '' });
  const consumed = await sluice('consume orders').ended;
  expect(consumed).toMatchObject({ code: 0, out: lines, err: '20,000 messages of orders\n' });
});

test('files are opened one after another, and one that cannot be read is named', async () => {
  const files = await Promise.all(
    Array.from({ length: 200 }, async (_, index) => {
      const path = join(folder, `${index}.txt`);
      await writeFile(path, `${index}\n`);
      return path;
    }),
  );
  const words = 'ulimit -n 100; exec "$0" "$@"';
  const all = [...files, folder];
  const few = spawn('sh', ['-c', words, process.execPath, main, 'produce', 'many', ...all], {
    env: { ...process.env, SLUICE_URL: engine.url },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = await text(few.stderr);
  expect(said).toMatch(/^200 messages to many in /);
  expect(said).toContain(`\nsluice: ${folder}: EISDIR`);
});

test('a reader that has enough is no error', async () => {
  const { child, ended } = sluice('consume orders');
  await once(child.stdout, 'data');
  child.stdout.destroy();
  const { code, err } = await ended;
  expect([code, err]).toEqual([0, expect.stringMatching(/^\d.* of orders\n$/)]);
});

test('a signal ends what follows, and what was printed is committed', async () => {
  const { child, ended } = sluice('consume orders --group g --follow');
  for (let seen = ''; !seen.includes('message 19999\n'); ) {
    seen = seen.slice(-20) + (await once(child.stdout, 'data'));
  }
  child.kill('SIGINT');
  expect((await ended).code).toBe(0);
  const lag = JSON.parse((await sluice('groups lag g --json').ended).out);
  expect(lag).toMatchObject({ totalLag: 0, partitions: [{ memberId: null }] });
});

test('a secret is kept for its owner alone, and refused when others may read it', async () => {
  await sluice('profiles set shop --url http://127.0.0.1:1 --auth key --secret-stdin', 'id.s\n')
    .ended;
  const file = join(folder, 'sluice', 'shop.secret');
  expect([(await stat(file)).mode & 0o777, await readFile(file, 'utf8')]).toEqual([
    0o600,
    'id.s\n',
  ]);
  await chmod(file, 0o644);
  const open = await sluice('topics list --profile shop').ended;
  expect([open.code, open.err]).toEqual([1, expect.stringContaining('chmod 600')]);
});

test('a check ends with codes of its own', async () => {
  const data = join(folder, 'data');
  const check = async () => (await sluice(`fsck --data ${data}`).ended).code;
  // It could not look: the engine has it.
  expect(await check()).toBe(3);
  await engine.kill('SIGTERM');
  expect(await check()).toBe(0);
  await rm(join(data, 'objects'), { recursive: true });
  expect(await check()).toBe(2);
});
