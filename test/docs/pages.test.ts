// The pages of docs/, done as they say: each command is typed into a shell of a project that has
// the package, each program is written down and run, and what is printed is what they show.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startChildEngine } from '../local/child-engine.ts';
import { commandsIn } from '../local/session.ts';
import { type InstalledClient, installClient, run } from '../package/installed-client.ts';
import { fencesIn, printed } from './page.ts';

let client: InstalledClient;

beforeAll(async () => {
  client = await installClient();
  await writeFile(join(client.folder, 'package.json'), '{"type":"module"}');
});
afterAll(() => client.remove());

const readPage = (name: string) => readFile(`docs/${name}`, 'utf8');

/** It is there already, and packages are not asked for. */
const isDone = /^npm install |^npx sluice serve( *#.*)?$/;

/** npx would ask a registry what it finds beside it. */
const asIfByNpx = 'npx() { "$@"; }\n';

test('five minutes go as they say', { timeout: 120_000 }, async () => {
  const page = await readPage('quickstart.md');
  const engine = await startServing();
  const fences = fencesIn(page);
  expect(fences.filter(({ language }) => language === 'sh')).toHaveLength(4);
  let shown = '';
  for (const { language, text, file } of fences) {
    const here = text.replaceAll('http://127.0.0.1:8082', engine.url);
    if (language === 'js') await writeFile(join(client.folder, file as string), here);
    if (language === 'sh') shown = await typed(here, engine.url);
    if (language === 'text') expect(shown.trim()).toMatch(printed(text));
  }
});

test('what READMEs have a shell do is done, and prints what they show', async () => {
  const engine = await startServing();
  for (const name of ['README.md', 'client/README.md']) {
    let shown = '';
    for (const { language, text } of fencesIn(await readFile(name, 'utf8'))) {
      if (language === 'sh') shown = await typed(text, engine.url);
      if (language === 'text') expect(shown.trim()).toMatch(printed(text));
    }
    expect(shown).not.toBe('');
  }
});

test('a program of kafkajs runs once its import and its connection are changed', async () => {
  const [before, after] = await Promise.all(
    ['orders-kafkajs.mjs', 'orders-sluice.mjs'].map((name) => readPage(`examples/${name}`)),
  );
  const changed = linesOf(before as string).flatMap((line, at) => {
    const other = linesOf(after as string)[at];
    return line === other ? [] : [[line, other]];
  });
  expect(changed.map(([line]) => /^import |new Kafka\(/.test(line ?? ''))).toEqual([true, true]);
  const page = await readPage('from-kafka.md');
  const [diff] = fencesIn(page).filter(({ language }) => language === 'diff');
  for (const [line, other] of changed) expect(diff?.text).toContain(`-${line}\n+${other}\n`);
  expect(diff?.text.replaceAll(/^-.*\n/gm, '').replaceAll(/^[+ ]/gm, '')).toBe(after);

  const engine = await startServing();
  const program = (after as string).replace('http://127.0.0.1:8082', engine.url);
  await writeFile(join(client.folder, 'orders.mjs'), program);
  const { stdout } = await run(process.execPath, ['orders.mjs'], { cwd: client.folder });
  expect(stdout).toBe('placed in 3 partitions\nbilled 5 customers for 30 orders\n');
});

test('the README’s program sends, and is given what it sent', async () => {
  const [program] = fencesIn(await readFile('README.md', 'utf8')).filter(({ text }) =>
    text.includes("from 'sluice';"),
  );
  const engine = await startServing();
  const text = program?.text.replace('http://127.0.0.1:8082', engine.url) ?? '';
  await writeFile(join(client.folder, 'ledger.mjs'), text);
  const child = spawn(process.execPath, ['ledger.mjs'], { cwd: client.folder });
  const ended = once(child, 'close');
  const said = await firstOf(child, ended);
  expect(said).toMatch(/^payments-\d 0 paid\n$/);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});

test('the console’s commands keep a profile, and serve the page for it', async () => {
  const [commands] = fencesIn(await readPage('console.md')).filter(({ language }) => {
    return language === 'sh';
  });
  const [set = '', serve = ''] = commands?.text.trim().split('\n') ?? [];
  await typed(set, '');
  const env = { ...process.env, ...shellOf('') };
  const [, ...words] = serve.split(' ');
  const served = spawn(words[0] as string, words.slice(1), { cwd: client.folder, env });
  const ended = once(served, 'close');
  const url = await firstOf(served, ended);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/console\n$/);
  expect((await fetch(url.trim())).headers.get('content-security-policy')).toBe(
    fencesIn(await readPage('console.md'))
      .find(({ text }) => text.startsWith('default-src'))
      ?.text.trim()
      .replaceAll('\n', ' '),
  );
  served.kill('SIGINT');
  expect(await ended).toEqual([0, null]);
});

test('an engine tells Prometheus what operating.md shows', async () => {
  const engine = await startServing();
  const [{ url, request, printed: shown } = {}] = commandsIn(
    (await readPage('operating.md')).replaceAll('http://127.0.0.1:8082', engine.url),
  );
  const told = await (await fetch(String(url), request)).text();
  expect(told).toContain('# TYPE messaging_client_operation_duration_seconds histogram');
  expect(told).toContain('# TYPE kafka_consumergroup_group_lag gauge');
  expect(String(shown)).toMatch(
    /messaging_client_operation_duration.*kafka_consumergroup_group_lag/,
  );
});

function linesOf(text: string): readonly string[] {
  return text.split('\n');
}

/** What it prints first; or how it ended without. */
async function firstOf(child: ChildProcess, ended: Promise<unknown[]>): Promise<string> {
  const said = once(child.stdout?.setEncoding('utf8') as Readable, 'data');
  return String((await Promise.race([said, ended]))[0]);
}

let engines = 0;

/** `npx sluice serve`, at a port of its own. */
async function startServing() {
  const data = join(client.folder, `data-${engines++}`);
  await mkdir(data);
  const engine = await startChildEngine(data);
  onTestFinished(async () => {
    await engine.kill('SIGTERM');
  });
  return engine;
}

/** It keeps profiles in the project's folder. */
function shellOf(url: string): Readonly<Record<string, string>> {
  const own = { PATH: client.path, XDG_CONFIG_HOME: client.folder, NO_COLOR: '1' };
  return url === '' ? own : { ...own, SLUICE_URL: url };
}

/** @returns what a shell prints of it. */
async function typed(commands: string, url: string): Promise<string> {
  const left = commands.split('\n').filter((line) => !isDone.test(line));
  const env = { ...process.env, ...shellOf(url) };
  const shell = spawn('bash', ['-eu', '-o', 'pipefail', '-c', asIfByNpx + left.join('\n')], {
    cwd: client.folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [said, complained] = ['', ''];
  shell.stdout.on('data', (text) => {
    said += text;
  });
  shell.stderr.on('data', (text) => {
    complained += text;
  });
  const [status] = await once(shell, 'close');
  expect([status, status === 0 ? '' : complained], commands).toEqual([0, '']);
  return said;
}
