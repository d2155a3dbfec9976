// A folder as the stand-in of a bucket, look by look: which files are told of, when, and as what.

import { appendFile, mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { toldNowhere } from '../../local/told-files.ts';
import { recordsInText } from '../ingest/read-records.ts';
import { newToldFiles, startWatch, takesAll } from './watch.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-watched-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (name: string) => join(folder, name);

const newWatch = (takes = takesAll, toldFiles = toldNowhere) =>
  startWatch({ folder, takes, toldFiles });

test('a file is told of once, at the second look that finds it the same', async () => {
  await writeFile(file('a.csv'), 'a');
  const { told, firstLook, look, end } = newWatch();
  await firstLook();
  expect(told.keys).toEqual([]);
  await writeFile(file('b.csv'), 'b');
  await look();
  expect(told.keys).toEqual(['a.csv']);
  await look();
  await look();
  expect(told.keys).toEqual(['a.csv', 'b.csv']);
  await end();
});

test('one that grows between looks is told of once it is whole', async () => {
  const { told, firstLook, look, end } = newWatch();
  await firstLook();
  for (let part = 0; part < 4; part++) {
    await appendFile(file('large.csv'), 'part');
    await look();
    expect(told.events).toEqual([]);
  }
  await look();
  expect(told.keys).toEqual(['large.csv']);
  expect(told.events).toMatchObject([{ Records: [{ s3: { object: { size: 16 } } }] }]);
  await end();
});

test('one that changes is another version, also of the same size or time', async () => {
  const changes = [
    () => appendFile(file('a.csv'), 'more'),
    () => utimes(file('a.csv'), 1, 1),
    async () => {
      await writeFile(file('.next'), 'amore');
      await utimes(file('.next'), 1, 1);
      await rename(file('.next'), file('a.csv'));
    },
    async () => {
      await rm(file('a.csv'));
      await look();
      await writeFile(file('a.csv'), 'back');
    },
  ];
  await writeFile(file('a.csv'), 'a');
  const { told, firstLook, look, end } = newWatch();
  await firstLook();
  await look();
  for (const change of changes) {
    await change();
    await look();
    await look();
    await look();
  }
  expect(told.keys).toEqual(Array(1 + changes.length).fill('a.csv'));
  const marks = told.events.map((event) => recordsInText(event)[0]?.mark);
  expect(new Set(marks.map((mark) => JSON.stringify(mark))).size).toBe(marks.length);
  await end();
});

test('names are told as they are: spaces, accents, signs of URLs, and folders', async () => {
  const names = [
    'with space.csv',
    'a+b & c=d?e#f%20.csv',
    'café.csv',
    '日本語.json',
    '🙂.txt',
    'in/sub folder/ünder.csv',
    "quo'te(1)!*.csv",
    'back\\slash.csv',
    'line\nend.csv',
    'a%.csv',
  ];
  await mkdir(file('in/sub folder'), { recursive: true });
  for (const name of names) await writeFile(file(name), name);
  const { told, firstLook, look, end } = newWatch();
  await firstLook();
  await look();
  expect(told.keys.toSorted()).toEqual(names.toSorted());
  await end();
});

test('what is hidden, and folders themselves, are not told of', async () => {
  for (const name of ['sub', '.data/sub']) await mkdir(file(name), { recursive: true });
  await writeFile(file('.data/sub/table'), 'own');
  await writeFile(file('.part'), 'half');
  await writeFile(file('sub/.part'), 'half');
  await writeFile(file('sub/whole'), 'whole');
  const { told, firstLook, look, end } = newWatch();
  await firstLook();
  await look();
  expect(told.keys).toEqual(['sub/whole']);
  await end();
});

test('what is not taken is told again, until it is', async () => {
  const refusals = ['a.csv', 'a.csv', 'b.csv'];
  await writeFile(file('a.csv'), 'a');
  await writeFile(file('b.csv'), 'b');
  const { told, firstLook, look, end } = newWatch(async (event) => {
    const [record] = recordsInText(event);
    const at = refusals.findIndex((name) => record?.key?.endsWith(name));
    return at < 0 || refusals.splice(at, 1).length === 0;
  });
  await firstLook();
  await look();
  expect(told.keys).toEqual([]);
  await look();
  expect(told.keys).toEqual(['b.csv']);
  await look();
  await look();
  expect(told.keys).toEqual(['b.csv', 'a.csv']);
  await end();
});

test('a folder that comes later, goes and comes back', async () => {
  await rm(folder, { recursive: true });
  const { told, firstLook, look, end } = newWatch();
  await firstLook();
  await mkdir(folder);
  await writeFile(file('a.csv'), 'a');
  await look();
  await look();
  await rm(folder, { recursive: true });
  await look();
  await mkdir(folder);
  await writeFile(file('b.csv'), 'b');
  await look();
  await look();
  expect(told.keys).toEqual(['a.csv', 'b.csv']);
  await end();
});

test('the next watch is told of what came or changed since, and of nothing else', async () => {
  const { toldFiles, saved } = newToldFiles();
  for (const name of ['a', 'b', 'c']) await writeFile(file(name), name);
  const first = newWatch(takesAll, toldFiles);
  await first.firstLook();
  await first.look();
  await first.end();
  await rm(file('a'));
  await appendFile(file('b'), 'more');
  await writeFile(file('d'), 'd');
  const next = newWatch(takesAll, toldFiles);
  await next.firstLook();
  expect(saved()).toEqual(['c']);
  await next.look();
  expect(next.told.keys.toSorted()).toEqual(['b', 'd']);
  expect(saved()).toEqual(['b', 'c', 'd']);
  await next.end();
});

test('what was not taken, or could not be saved, is told again by the next', async () => {
  const { toldFiles, saved } = newToldFiles(1);
  for (const name of ['a', 'b']) await writeFile(file(name), name);
  const takesA = async (event: unknown) => recordsInText(event)[0]?.key?.endsWith('a') === true;
  const first = newWatch(takesA, toldFiles);
  await first.firstLook();
  await first.look();
  expect([first.told.keys, saved()]).toEqual([['a'], []]);
  const next = newWatch(takesA, toldFiles);
  await next.firstLook();
  await first.look();
  expect([first.told.keys, saved()]).toEqual([['a'], ['a']]);
  await next.look();
  expect(next.told.keys).toEqual(['a']);
  expect(next.told.events).toHaveLength(2);
  for (const { end } of [first, next]) await end();
});

test('while a folder cannot be read, nothing of it is forgotten', async () => {
  const { toldFiles, saved } = newToldFiles();
  await writeFile(file('a'), 'a');
  const { told, firstLook, look, end } = newWatch(takesAll, toldFiles);
  await firstLook();
  await look();
  await rename(folder, `${folder}-away`);
  await look();
  await rename(`${folder}-away`, folder);
  await look();
  await look();
  expect(told.keys).toEqual(['a']);
  expect(saved()).toEqual(['a']);
  await end();
});

test('its end waits for the event that is taken, and begins no other', async () => {
  const begun = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<boolean>();
  for (const name of ['a', 'b', 'c']) await writeFile(file(name), name);
  const { told, firstLook, look, end } = newWatch(() => {
    begun.resolve();
    return taken.promise;
  });
  await firstLook();
  look();
  await begun.promise;
  let hasEnded = false;
  const ending = end().then(() => {
    hasEnded = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(hasEnded).toBe(false);
  taken.resolve(true);
  await ending;
  expect(told.keys).toHaveLength(1);
});
