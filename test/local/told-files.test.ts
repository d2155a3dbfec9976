// What was told of a folder, as a file: what is saved is loaded, whatever the names; and what is
// no such file says nothing.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toldFilesIn } from '../../local/told-files.ts';

let directory = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-told-'));
});
afterEach(() => rm(directory, { recursive: true }));

const watched = { folder: '/srv/incoming', topic: 'orders' };
const name = 'fd68a4d4f9dd241e0b8be37fc8bc8b670e5cd2955a77dcbe214f1686733a2daa.json';
const path = () => join(directory, 'watched', name);

test('it is written so, and read for ever', async () => {
  const told = new Map([
    ['a.csv', '1700000000000.5-3-77'],
    ['in/b "2".csv', '1700000000001-0-78'],
  ]);
  await toldFilesIn(directory, watched).save(told);
  expect(await readdir(join(directory, 'watched'))).toEqual([name]);
  expect(await readFile(path(), 'utf8')).toBe(
    '{"folder":"/srv/incoming","topic":"orders","told":' +
      '[["a.csv","1700000000000.5-3-77"],["in/b \\"2\\".csv","1700000000001-0-78"]]}',
  );
  expect(await toldFilesIn(directory, watched).load()).toEqual(told);
});

test('what is saved last is loaded, whatever the names', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.array(fc.tuple(fc.string(), fc.string()))), async (saves) => {
      const { load, save } = toldFilesIn(directory, { folder: `${saves.length}`, topic: 'orders' });
      for (const told of saves) expect(await save(new Map(told))).toBe(true);
      expect(await load()).toEqual(new Map(saves.length === 0 ? [] : saves.at(-1)));
    }),
    { numRuns: 25, examples: [[[[['__proto__', '1']]]]] },
  ));

test('each folder has its own for each topic, from wherever the engine is started', async () => {
  const told = new Map([['a', '1']]);
  await toldFilesIn(directory, watched).save(told);
  const others = [
    { ...watched, folder: '/srv' },
    { ...watched, topic: 'refunds' },
  ];
  for (const other of others) expect((await toldFilesIn(directory, other).load()).size).toBe(0);
  const same = { ...watched, folder: relative('.', watched.folder) };
  expect(await toldFilesIn(directory, same).load()).toEqual(told);
});

test('what is no such file, or not whole, says that nothing was told', async () => {
  const toldFiles = toldFilesIn(directory, watched);
  const told = new Map([['a', '1']]);
  await toldFiles.save(told);
  const whole = await readFile(path(), 'utf8');
  const junk = ['null', '{}', '[]', '{"told":{}}', '{"told":["ab"]}', '{"told":[["a",1]]}', '\0'];
  for (let length = 0; length < whole.length; length++) junk.push(whole.slice(0, length));
  for (const text of junk) {
    await writeFile(path(), text);
    expect(await toldFiles.load(), text).toEqual(new Map());
  }
  // And it does not stay so.
  expect(await toldFiles.save(told)).toBe(true);
  expect(await toldFiles.load()).toEqual(told);
});

test('what cannot be written says so, and is not what is loaded', async () => {
  await writeFile(join(directory, 'watched'), 'in its way');
  const { load, save } = toldFilesIn(directory, watched);
  expect(await save(new Map([['a', '1']]))).toBe(false);
  expect(await load()).toEqual(new Map());
});
