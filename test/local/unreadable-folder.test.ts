// A folder that cannot be read in part, or for some time: the rest is told of, people are told why,
// and what was told of is neither forgotten nor told of again.

import { mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newToldFiles, startWatch } from './watch.ts';

/** The code that a path's reading fails with. Permissions would not stop a test that is root. */
const failures = vi.hoisted(() => new Map<string, string>());

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>();
  const failing = (read: (path: string, options?: object) => Promise<unknown>) => {
    return async (path: string, options?: object) => {
      const code = failures.get(path);
      if (code !== undefined) throw Object.assign(new Error(`${code}, '${path}'`), { code });
      return await read(path, options);
    };
  };
  return {
    ...real,
    stat: failing(real.stat),
    readdir: failing(real.readdir as (path: string) => Promise<unknown>),
  };
});

let parent = '';
let folder = '';

beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'sluice-unreadable-')));
  folder = join(parent, 'incoming');
  for (const name of ['in', 'out']) await mkdir(file(name), { recursive: true });
  for (const name of ['a', 'in/b', 'out/c']) await writeFile(file(name), name);
});
afterEach(async () => {
  failures.clear();
  await rm(parent, { recursive: true });
});

const file = (name: string) => join(folder, name);

/** A watch that has told of all that there is. */
async function settled() {
  const { toldFiles, saved } = newToldFiles();
  const watch = startWatch({ folder, toldFiles });
  await watch.firstLook();
  await watch.look();
  const looks = async (count: number) => {
    for (let look = 0; look < count; look++) await watch.look();
  };
  return { ...watch, looks, saved };
}

test.each(['EACCES', 'EPERM', 'EIO'])('%s of a folder in it: the rest is told of', async (code) => {
  failures.set(file('in'), code);
  const { told, faults, looks, end } = await settled();
  await looks(2);
  expect(told.keys.toSorted()).toEqual(['a', 'out/c']);
  expect(faults).toEqual([expect.objectContaining({ code, message: `${code}, '${file('in')}'` })]);
  failures.clear();
  await looks(2);
  expect(told.keys.toSorted()).toEqual(['a', 'in/b', 'out/c']);
  expect(faults).toHaveLength(1);
  failures.set(file('in'), code);
  await looks(2);
  expect(faults).toHaveLength(2);
  await end();
});

test('each folder that cannot be read is said, and of the files of one the first', async () => {
  await writeFile(file('in/d'), 'd');
  for (const name of ['out', 'in/b', 'in/d']) failures.set(file(name), 'EACCES');
  const { told, faults, end } = await settled();
  expect(told.keys).toEqual(['a']);
  const said = faults.map((fault) => (fault as Error).message).toSorted();
  expect(said).toEqual([expect.stringMatching(/in\/[bd]'$/), expect.stringMatching(/out'$/)]);
  await end();
});

test.each(['', 'in', 'in/b'])('what cannot be read is not gone: %j', async (name) => {
  const { told, faults, looks, saved, end } = await settled();
  failures.set(file(name), 'ESTALE');
  await looks(3);
  expect(saved()).toEqual(['a', 'in/b', 'out/c']);
  failures.clear();
  await looks(2);
  expect(told.events).toHaveLength(3);
  expect(faults).toHaveLength(1);
  await end();
});

test('a volume that leaves an empty folder for some time has lost nothing', async () => {
  const { told, faults, looks, saved, end } = await settled();
  await rename(folder, join(parent, 'volume'));
  for (const name of ['in', '.mounts']) await mkdir(file(name), { recursive: true });
  await looks(3);
  expect(saved()).toEqual(['a', 'in/b', 'out/c']);
  await rm(folder, { recursive: true });
  await rename(join(parent, 'volume'), folder);
  await looks(2);
  expect([told.events.length, faults]).toEqual([3, []]);
  await end();
});

test('what is gone is forgotten after two looks, when there are others', async () => {
  const { told, faults, looks, saved, end } = await settled();
  failures.set(file('in/b'), 'ENOENT');
  await looks(1);
  failures.clear();
  await looks(2);
  expect(told.events, 'the folder was moved away while it was read').toHaveLength(3);
  await rm(file('in'), { recursive: true });
  await looks(2);
  expect(saved()).toEqual(['a', 'out/c']);
  expect(faults).toEqual([]);
  await end();
});

test('what the engine has in the folder is not told of, wherever a link leads', async () => {
  const link = join(parent, 'link');
  await symlink(folder, link);
  await mkdir(file('in-between'));
  await writeFile(file('in-between/d'), 'd');
  for (const watched of [folder, link, `${folder}/`]) {
    for (const ownData of [file('in'), join(link, 'in'), `${file('in')}/`]) {
      const { told, faults, firstLook, look, end } = startWatch({ folder: watched, ownData });
      await firstLook();
      await look();
      expect(told.events).toHaveLength(3);
      expect(JSON.stringify(told.events)).not.toContain('in/b');
      expect(faults).toEqual([]);
      await end();
    }
  }
});

test('a folder in the engine’s own data is not watched, and people are told', async () => {
  for (const ownData of [folder, parent]) {
    const { told, faults, firstLook, look, end } = startWatch({ folder, ownData });
    await firstLook();
    await look();
    expect([told.events, faults.map(String)]).toEqual([[], [expect.stringContaining('own data')]]);
    await end();
  }
});

test('a name that is not UTF-8 is told to people, and the others are told of', async () => {
  const latin = (name: string) =>
    Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]);
  await writeFile(latin('été'), '1');
  await mkdir(latin('août'));
  const { told, faults, end } = await settled();
  expect(told.keys.toSorted()).toEqual(['a', 'in/b', 'out/c']);
  expect(faults.map(String)).toEqual([expect.stringContaining('is not UTF-8')]);
  await end();
});
