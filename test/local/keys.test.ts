// API keys are made, and looked after, by the program as people and scripts run it.

import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readKeysOptions } from '../../local/keys-options.ts';
import { answerOf } from '../../local/keys-text.ts';
import { memoryObjects } from '../../local/memory-objects.ts';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import { createEngine, type Engine, openCall } from '../../shared/engine/engine.ts';
import { hostChance, hostClock } from '../../shared/engine/host-environment.ts';
import type { EpochMillis } from '../../shared/ids.ts';
import { startChildEngine } from './child-engine.ts';
import { runKeys, type Said } from './child-programs.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-keys-'));
});
afterEach(() => rm(directory, { recursive: true }));

const keys = (...words: readonly string[]): Promise<Said> => runKeys(...words, '--data', directory);
const form = /^([\w-]{16})\.([\w-]{43})$/;

/** In a table of this process: programs take their time to start. */
let engine: Engine;
beforeEach(() => {
  const { table } = openSqliteTable({ path: ':memory:' });
  engine = createEngine({ objects: memoryObjects(), table, clock: hostClock, chance: hostChance });
});

function answer(...words: readonly string[]) {
  const read = readKeysOptions(words, {});
  if (read.kind !== 'options') throw new Error(read.text);
  const deadline = Number.MAX_SAFE_INTEGER as EpochMillis;
  return answerOf(engine, openCall(engine, { deadline }), read.options.ask);
}

test('the first key opens the engine, and is nowhere but on standard output', async () => {
  const made = await keys(
    'create',
    '--principal',
    'User:admin',
    '--description',
    'the \x1b[31mfirst',
  );
  expect(made.status).toBe(0);
  const [key, id = '', secret = ''] = form.exec(made.out.trim()) ?? [];
  expect(made.complaint).toMatch(
    new RegExp(
      `^keys: ${id} User:admin, secret 1 until [^,]+, never used: the .\\[31mfirst; shown`,
    ),
  );
  expect(made.complaint).not.toContain(secret);
  expect(made.complaint).not.toContain('\x1b');
  const table = await readFile(join(directory, 'table.sqlite'), 'latin1');
  expect(table).toContain(id);
  expect(table).not.toContain(secret);
  const child = await startChildEngine(directory, '--auth', 'api-keys');
  expect(child.greeting).toContain('-H "Authorization: Bearer $KEY"');
  const headers = { Authorization: `Bearer ${key}` };
  expect((await fetch(`${child.url}/topics`)).status).toBe(401);
  expect((await fetch(`${child.url}/topics`, { headers })).status).toBe(200);
  const meanwhile = await keys('list');
  expect(meanwhile).toMatchObject({ status: 3, out: '' });
  expect(meanwhile.complaint).toBe(
    `keys: another process has ${join(directory, 'table.sqlite')} open (database is locked): ` +
      'stop its engine first, or ask it (POST /keys)\n',
  );
  expect(await child.kill('SIGTERM')).toBe(0);
  expect((await keys('list')).out).toMatch(/, used on \d{4}-\d\d-\d\d: the/);
});

test('rotated it has two secrets, and no third; deleted it is gone', async () => {
  const words = ['--principal', 'User:a', '--operations', 'read,WRITE', '--expires-at', 'never'];
  const { document, lines } = await answer('create', ...words);
  const made = document as { readonly id: string; readonly secret: string };
  expect(made).toMatchObject({
    principal: 'User:a',
    operations: ['READ', 'WRITE'],
    secrets: [{ version: 1, expires_at: null, live: true }],
  });
  expect(lines).toEqual([`${made.id}.${made.secret}`]);
  const id = `--id=${made.id}`;
  const end = '2999-01-01T00:00:00Z';
  const rotated = await answer('rotate', id, '--previous-expires-at', end, '--expires-at', end);
  expect(rotated.lines).toEqual([expect.stringMatching(form)]);
  expect(rotated.lines[0]).not.toContain(made.secret);
  await expect(answer('rotate', id)).rejects.toMatchObject({
    code: 'API_KEYS_FULL',
    message: 'secrets 1 and 2 are both live: end one of them first',
  });
  const until = 'until 2999-01-01T00:00:00.000Z';
  expect((await answer('list')).lines).toEqual([
    `${made.id} User:a READ,WRITE, secret 1 ${until}, secret 2 ${until}, never used`,
  ]);
  expect(await answer('delete', id)).toMatchObject({ lines: [], note: `${made.id} is gone` });
  await expect(answer('delete', id)).rejects.toMatchObject({ code: 'UNKNOWN_API_KEY' });
  expect((await answer('list')).document).toEqual({ keys: [] });
});

test('of a key that is over it is said', async () => {
  await answer('create', '--principal', 'User:a', '--expires-at', '2001-01-01T00:00:00Z');
  expect((await answer('list')).lines).toEqual([expect.stringMatching(/^\S+ User:a, over$/)]);
});

test('what cannot be done says why, and by its status whether it may be tried again', async () => {
  const nowhere = join(directory, 'other');
  expect(await runKeys('list', '--data', nowhere)).toEqual({
    status: 3,
    out: '',
    complaint: `keys: there is no data in ${nowhere}\n`,
  });
  await keys('create', '--principal', 'User:a', '--json');
  const unknown = await keys('delete', '--id', 'i'.repeat(16));
  expect(unknown).toEqual({ status: 1, out: '', complaint: 'keys: there is no such key\n' });
});

test('what it cannot be told is a fault that names the flag', () => {
  const id = ['--id', 'i'.repeat(16)];
  const faults: readonly (readonly [readonly string[], string])[] = [
    [[], 'it must be create, list, rotate or delete'],
    [['make'], 'delete, not make'],
    [['create'], '--principal: is required'],
    [['create', '--principal', 'admin'], '--principal: must be "User:"'],
    [
      ['create', '--principal', 'User:a', '--operations', 'READ,EAT'],
      '--operations[1]: must be one of READ',
    ],
    [['create', '--principal', 'User:a', '--expires-at', 'soon'], '--expires-at: '],
    [['rotate'], '--id must be a key’s id'],
    [['rotate', ...id, '--previous-expires-at', 'never'], '--previous-expires-at: '],
    [['delete', '--id', `${'i'.repeat(16)}.${'s'.repeat(43)}`], '--id must be a key’s id'],
    [['list', '--principal', 'User:a'], "Unknown option '--principal'"],
    [['list', '--data', '/there', '--table', 'T'], '--data does not go with'],
    [['list', '--dynamodb-endpoint', 'here'], '--dynamodb-endpoint must be an http'],
  ];
  for (const [words, complaint] of faults) {
    const read = readKeysOptions(words, {});
    expect(read).toMatchObject({ kind: 'fault', text: expect.stringContaining(complaint) });
  }
});

test('of an account the table alone is asked for', () => {
  const aws = { kind: 'aws', dynamodbEndpoint: undefined, table: 'T' } as const;
  const local = 'http://127.0.0.1:8000';
  const told = [
    [{}, ['--table', 'T'], aws],
    [{ SLUICE_TABLE: 'T', SLUICE_BUCKET: 'B' }, [], aws],
    [{}, ['--dynamodb-endpoint', local], { ...aws, dynamodbEndpoint: local, table: 'sluice' }],
    [{}, [], { kind: 'directory', directory: './.sluice' }],
  ] as const;
  for (const [environment, words, table] of told) {
    const options = { table, isJson: false, ask: { verb: 'list' } };
    expect(readKeysOptions(['list', ...words], environment)).toEqual({ kind: 'options', options });
  }
});
