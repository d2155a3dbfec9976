// A process to be killed: it appends to a head as fast as it can, bytes first, index second, and
// says on its standard output what is acknowledged. The test that starts it reads the stores.

import { join } from 'node:path';
import { openFileObjects } from '../../local/file-objects.ts';
import { openSqliteTable } from '../../local/sqlite-table.ts';
import type { Objects } from '../../shared/store/objects.ts';
import type { Table } from '../../shared/store/table.ts';

export const appenderPath = import.meta.filename;
export const headKey = { pk: 'part#0', sk: 'head' } as const;

const appendersAtOnce = 8;

export function openStores(directory: string) {
  const { table, close } = openSqliteTable({ path: join(directory, 'table.sqlite') });
  return { table, objects: openFileObjects({ directory }), close };
}

export function objectKey(name: string): string {
  return `segments/${name.slice(-1)}/${name}`;
}

/** What the object of that name holds. */
export function bodyOf(name: string): Buffer {
  return Buffer.from(`${name};`.repeat(200));
}

/** @param run distinguishes the names of this process from those of its predecessors. */
async function append(stores: { table: Table; objects: Objects }, run: string): Promise<never> {
  const head = { ...headKey, n: 0, r: [] };
  await stores.table.write({ put: head, if: { item: 'absent' } });
  let names = 0;
  const appender = async (): Promise<never> => {
    for (;;) {
      const name = `${run}-${names++}`;
      await stores.objects.put({ key: objectKey(name), parts: [bodyOf(name)], crc32c: 0 });
      const result = await stores.table.write({
        update: headKey,
        actions: [
          { append: 'r', values: [name] },
          { set: 'n', to: { attribute: 'n', plus: 1 } },
        ],
      });
      const offset = result.kind === 'done' ? Number(result.item?.['n']) - 1 : 'refused';
      process.stdout.write(`${offset} ${name}\n`);
    }
  };
  return await Promise.race(Array.from({ length: appendersAtOnce }, appender));
}

if (import.meta.main) {
  const [, , directory = '', run = ''] = process.argv;
  await append(openStores(directory), run);
}
