// The promises of store/objects.ts as one suite, run against every adapter. It assumes nothing of
// what the store holds: every test writes under a prefix of its own.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Objects } from '../../shared/store/objects.ts';

export type OpenObjects = { readonly objects: Objects; close(): Promise<void> };

export function objectsContract(name: string, open: () => Promise<OpenObjects>): void {
  describe(`${name} keeps the objects' promises`, () => {
    let opened: OpenObjects | undefined;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened?.close());
    const use = () => {
      if (opened === undefined) throw new Error('the objects are used before they are open');
      return opened.objects;
    };
    describe('put', () => describePut(use));
    describe('read', () => describeRead(use));
    describe('delete', () => describeDelete(use));
    describe('list', () => describeList(use));
  });
}

type Use = () => Objects;

function describePut(use: Use): void {
  test('an object is its parts, one after the other, of any bytes', async () => {
    const key = `${freshPrefix()}object`;
    const every = Uint8Array.from({ length: 256 }, (_, index) => index);
    expect(await put(use(), key, every, new Uint8Array(0), every)).toBe('stored');
    expect(await whole(use(), key)).toEqual([...every, ...every]);
  });

  test('a put of the same bytes again finds them there', async () => {
    const key = `${freshPrefix()}object`;
    expect(await put(use(), key, text('same'))).toBe('stored');
    expect(await put(use(), key, text('same'))).toBe('exists');
    expect(await whole(use(), key)).toEqual([...text('same')]);
  });

  test('no put replaces an object', async () => {
    const key = `${freshPrefix()}object`;
    await put(use(), key, text('first'));
    expect(await put(use(), key, text('second, and longer'))).toBe('exists');
    expect(await whole(use(), key)).toEqual([...text('first')]);
  });

  const race =
    'of many puts of one key at once exactly one is stored, and it is the one that is there';
  test(race, async () => {
    const key = `${freshPrefix()}object`;
    const bodies = Array.from({ length: 10 }, (_, index) => text(`body ${index}`));
    const outcomes = await Promise.all(bodies.map((body) => put(use(), key, body)));
    expect(outcomes.filter((outcome) => outcome === 'stored')).toHaveLength(1);
    const winner = bodies[outcomes.indexOf('stored')] ?? text('none');
    expect(await whole(use(), key)).toEqual([...winner]);
  });

  test('what the caller does to its buffer afterwards does not reach the object', async () => {
    const key = `${freshPrefix()}object`;
    const buffer = text('as it was');
    await put(use(), key, buffer);
    buffer.fill(0);
    expect(await whole(use(), key)).toEqual([...text('as it was')]);
  });

  test('a megabyte in a hundred parts', async () => {
    const key = `${freshPrefix()}object`;
    const parts = Array.from({ length: 100 }, (_, part) =>
      Uint8Array.from({ length: 10_486 }, (_, index) => (part * 31 + index) % 251),
    );
    expect(await put(use(), key, ...parts)).toBe('stored');
    const range = { key, position: 0, length: 1_048_600 };
    const stored = Buffer.from((await use().read(range)) ?? []);
    expect(Buffer.concat(parts).equals(stored)).toBe(true);
  });
}

function describeRead(use: Use): void {
  test('what is not there is undefined', async () => {
    const key = `${freshPrefix()}ghost`;
    expect(await use().read({ key, position: 0, length: 1 })).toBeUndefined();
  });

  test('a range is those bytes; past the end it is shorter, or empty', async () => {
    const key = `${freshPrefix()}object`;
    await put(use(), key, text('0123456789'));
    const range = async (position: number, length: number) =>
      Buffer.from((await use().read({ key, position, length })) ?? 'none').toString();
    expect(await range(0, 10)).toBe('0123456789');
    expect(await range(0, 1)).toBe('0');
    expect(await range(3, 4)).toBe('3456');
    expect(await range(9, 1)).toBe('9');
    expect(await range(7, 100)).toBe('789');
    expect(await range(10, 5)).toBe('');
    expect(await range(1_000, 5)).toBe('');
  });

  test('what a reader does to its bytes does not reach the next reader', async () => {
    const key = `${freshPrefix()}object`;
    await put(use(), key, text('as it was'));
    const read = await use().read({ key, position: 0, length: 9 });
    read?.fill(0);
    expect(await whole(use(), key)).toEqual([...text('as it was')]);
  });
}

function describeDelete(use: Use): void {
  test('deleted objects are gone, others stay, and what is not there is no error', async () => {
    const prefix = freshPrefix();
    await fill(use(), [`${prefix}a`, `${prefix}b`, `${prefix}c`]);
    await use().delete([`${prefix}a`, `${prefix}c`, `${prefix}ghost`]);
    expect(await use().read({ key: `${prefix}a`, position: 0, length: 1 })).toBeUndefined();
    expect(await listed(use(), prefix)).toEqual([`${prefix}b`]);
    await use().delete([`${prefix}a`]);
    await use().delete([]);
  });

  test('a thousand keys at once', async () => {
    const prefix = freshPrefix();
    await fill(use(), [`${prefix}0000`, `${prefix}0999`, `${prefix}stays`]);
    await use().delete(
      Array.from({ length: 1_000 }, (_, n) => prefix + String(n).padStart(4, '0')),
    );
    expect(await listed(use(), prefix)).toEqual([`${prefix}stays`]);
  });
}

function describeList(use: Use): void {
  test('nothing under a prefix is an empty page', async () => {
    expect(await use().list({ prefix: freshPrefix(), limit: 10 })).toEqual([]);
  });

  test('keys come with their lengths, across folders, in the order of their bytes', async () => {
    const prefix = freshPrefix();
    const keys = ['0/b', 'A', 'a-b', 'a/b/c', 'a/c', 'a0', 'b/a'].map((name) => prefix + name);
    await fill(use(), keys.toReversed());
    const page = await use().list({ prefix, limit: 100 });
    expect(page).toEqual(keys.map((key) => ({ key, length: key.length })));
  });

  test('a prefix may end anywhere in a key', async () => {
    const prefix = freshPrefix();
    await fill(
      use(),
      ['ab/1', 'ab/2', 'abc', 'b'].map((name) => prefix + name),
    );
    expect(await listed(use(), `${prefix}a`)).toEqual(
      ['ab/1', 'ab/2', 'abc'].map((n) => prefix + n),
    );
    expect(await listed(use(), `${prefix}ab/`)).toEqual([`${prefix}ab/1`, `${prefix}ab/2`]);
    expect(await listed(use(), `${prefix}ab/2`)).toEqual([`${prefix}ab/2`]);
    expect(await listed(use(), `${prefix}c`)).toEqual([]);
  });

  test('page by page every key comes once; the last page is short', async () => {
    const prefix = freshPrefix();
    const keys = Array.from(
      { length: 25 },
      (_, n) => `${prefix}${n % 3}/${String(n).padStart(2, '0')}`,
    );
    await fill(use(), keys);
    const pages: string[][] = [];
    let after = '';
    do {
      const page = await use().list({ prefix, limit: 10, ...(after !== '' && { after }) });
      pages.push(page.map((object) => object.key));
      after = pages.at(-1)?.at(-1) ?? '';
    } while (pages.at(-1)?.length === 10);
    expect(pages.map((page) => page.length)).toEqual([10, 10, 5]);
    expect(pages.flat()).toEqual(keys.toSorted());
  });

  test('a page may begin after a key that is not there', async () => {
    const prefix = freshPrefix();
    await fill(use(), [`${prefix}a/1`, `${prefix}a/3`, `${prefix}b`]);
    const page = await use().list({ prefix, after: `${prefix}a/2`, limit: 10 });
    expect(page.map((object) => object.key)).toEqual([`${prefix}a/3`, `${prefix}b`]);
    expect(await use().list({ prefix, after: `${prefix}c`, limit: 10 })).toEqual([]);
  });
}

function freshPrefix(): string {
  return `contract/${randomUUID()}/`;
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

async function put(objects: Objects, key: string, ...parts: Uint8Array[]): Promise<string> {
  return await objects.put({ key, parts, crc32c: crc32c(Buffer.concat(parts)) });
}

/** Each key's object holds that key. */
async function fill(objects: Objects, keys: readonly string[]): Promise<void> {
  const puts = await Promise.all(keys.map((key) => put(objects, key, text(key))));
  expect(puts).toEqual(keys.map(() => 'stored'));
}

async function whole(objects: Objects, key: string): Promise<number[] | undefined> {
  const read = await objects.read({ key, position: 0, length: 10_000 });
  return read && [...read];
}

async function listed(objects: Objects, prefix: string): Promise<string[]> {
  return (await objects.list({ prefix, limit: 1_000 })).map((object) => object.key);
}

/** One bit at a time, so that it owes nothing to the code under test. Source: RFC 3720, B.4. */
function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
