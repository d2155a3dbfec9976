// The first minutes with Sluice: what `npm start`, the README and docs/http.md print is typed as it
// stands, and works; and what goes wrong at the start is said in a line.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { fencesIn } from '../docs/page.ts';
import { type ChildEngine, startChildEngine } from './child-engine.ts';
import { commandsIn } from './session.ts';

let parent = '';
let directory = '';
let engine: ChildEngine;

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'sluice-first-'));
  directory = join(parent, 'made', 'by', 'sluice');
  engine = await startChildEngine(directory);
});
afterAll(async () => {
  expect(await engine.kill('SIGTERM')).toBe(0);
  await rm(parent, { recursive: true });
});

test('the commands that it greets with make a topic, fill it and read it', async () => {
  expect(engine.greeting).toContain(
    `Sluice listens on ${engine.url} and keeps its data in ${directory}`,
  );
  const answers: unknown[] = [];
  for (const { url, request } of commandsIn(engine.greeting)) {
    const response = await fetch(url, request);
    expect(response.ok, url).toBe(true);
    answers.push(await response.json());
  }
  expect(answers).toEqual([
    expect.objectContaining({ kind: 'KafkaTopic', topic_name: 'orders', partitions_count: 1 }),
    expect.objectContaining({
      offsets: [{ partition: 0, offset: 0, error_code: null, error: null }],
    }),
    [
      {
        topic: 'orders',
        partition: 0,
        key: 'k1',
        value: { id: 1 },
        offset: 0,
        timestamp: expect.any(Number),
      },
    ],
  ]);
});

test('the README’s first session goes as it says, and docs/http.md from there on', async () => {
  const [readme, page] = await Promise.all(
    ['README.md', 'docs/http.md'].map((name) => readFile(name, 'utf8')),
  );
  const [handler] = fencesIn(page ?? '').filter(({ file }) => file === 'billing.mjs');
  const file = join(parent, 'billing.mjs');
  await writeFile(file, handler?.text ?? '');
  const words = ['--functions', `billing=${file}`];
  const { url: own, kill } = await startChildEngine(join(parent, 'readme'), ...words);
  const [, first = ''] = /^## A first session\n(.*?)^## /ms.exec(readme ?? '') ?? [];
  const commands = commandsIn((first + page).replaceAll('http://127.0.0.1:8082', own));
  expect(commands).toHaveLength(3 + 17);
  for (const { url, request, printed } of commands) {
    const response = await fetch(url, request);
    expect(response.ok, url).toBe(true);
    expect(await response.text(), url).toMatch(printed);
  }
  await vi.waitFor(async () => {
    const answer = await fetch(`${own}/subscriptions/invoices`);
    const { partitions } = (await answer.json()) as { partitions: { lag: number }[] };
    expect(partitions.map(({ lag }) => lag)).toEqual([0, 0, 0]);
  });
  expect(await kill('SIGTERM')).toBe(0);
});

test('it tells that it is there, and what it serves', async () => {
  expect((await fetch(`${engine.url}/ready`)).status).toBe(204);
  const document = await fetch(`${engine.url}/openapi.json`);
  const written = await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8');
  expect(await document.json()).toEqual(JSON.parse(written));
});

test('a second one on the same data is refused, and so is one on the same port', async () => {
  await expect(startChildEngine(directory)).rejects.toThrow(
    `sluice: another process has ${join(directory, 'table.sqlite')} open\n(status 1)`,
  );
  const { port } = new URL(engine.url);
  await expect(startChildEngine(join(parent, 'other'), '--port', port)).rejects.toThrow(
    `sluice: listen EADDRINUSE: address already in use 127.0.0.1:${port}\n(status 1)`,
  );
  expect((await fetch(engine.url)).status).toBe(200);
});

test('whoever has read its greeting may end it', async () => {
  const brief = await startChildEngine(join(parent, 'brief'));
  expect(await brief.kill('SIGINT')).toBe(0);
});

test('what it cannot be told is said in a line, and help is not far', async () => {
  await expect(startChildEngine(directory, '--hots', 'localhost')).rejects.toThrow(
    /^sluice: Unknown option '--hots'.*\n\(npm start -- --help lists the flags\)\n\(status 1\)$/,
  );
  const help = await startChildEngine(directory, '--help');
  expect(help.greeting).toMatch(/^npm start -- \[flags\]\n/);
  expect(await help.ended).toBe(0);
});
