// Each call of the two ports as a small story of its own: what must be there before, what is asked,
// and how one sees afterwards, by another way in, whether it was done.

import type { Key } from '../../shared/store/algebra.ts';
import type { Objects } from '../../shared/store/objects.ts';
import { StoreError } from '../../shared/store/store-error.ts';
import type { Table } from '../../shared/store/table.ts';

export type StoreCall<Store> = {
  readonly prepare?: (store: Store) => Promise<unknown>;
  /** @returns 'right', or what else it was answered. */
  readonly ask: (store: Store) => Promise<string>;
  /** Absent: the call changes nothing. */
  readonly isDone?: (store: Store) => Promise<boolean>;
};

/** @param pk of its own for each round. */
export function tableCalls(pk: string): Readonly<Record<string, StoreCall<Table>>> {
  const key = (sk: string): Key => ({ pk, sk });
  const item = (sk: string) => ({ ...key(sk), n: 1, r: ['first'] });
  const put = (sk: string) => (table: Table) => table.write({ put: item(sk) });
  const read = (table: Table, sk: string) => table.get(key(sk), { strong: true });
  const append = (sk: string) => ({
    update: key(sk),
    actions: [
      { append: 'r', values: ['second'] },
      { set: 'n', to: { attribute: 'n', plus: 1 } },
    ],
  });
  const appended = (sk: string) => ({ ...key(sk), n: 2, r: ['first', 'second'] });
  const isAppended = async (table: Table, sk: string) =>
    same(await read(table, sk), appended(sk)) === right;
  return {
    get: {
      prepare: put('get'),
      ask: async (table) => same(await read(table, 'get'), item('get')),
    },
    query: {
      prepare: put('query'),
      async ask(table) {
        const range = { pk, from: 'query', to: 'query', limit: 10, strong: true };
        return same(await table.query(range), [item('query')]);
      },
    },
    put: {
      async ask(table) {
        const result = await table.write({ put: item('put'), if: { item: 'absent' } });
        return same(result, { kind: 'done', item: item('put') });
      },
      isDone: async (table) => (await read(table, 'put')) !== undefined,
    },
    update: {
      prepare: put('update'),
      async ask(table) {
        const result = await table.write(append('update'));
        return same(result, { kind: 'done', item: appended('update') });
      },
      isDone: (table) => isAppended(table, 'update'),
    },
    delete: {
      prepare: put('delete'),
      async ask(table) {
        return same(await table.write({ delete: key('delete') }), { kind: 'done' });
      },
      isDone: async (table) => (await read(table, 'delete')) === undefined,
    },
    transact: {
      prepare: put('transact/update'),
      async ask(table) {
        const writes = [{ put: item('transact/put') }, append('transact/update')];
        return same(await table.transact(writes), { kind: 'done' });
      },
      async isDone(table) {
        const isPut = (await read(table, 'transact/put')) !== undefined;
        const isUpdated = await isAppended(table, 'transact/update');
        if (isPut !== isUpdated) throw new Error('half of a transaction is there');
        return isPut;
      },
    },
  };
}

/** The check value of CRC-32C is of these nine digits. Source: the catalogue of CRC algorithms. */
const digits = { parts: [Buffer.from('1234'), Buffer.from('56789')], crc32c: 0xe3069283 };

/** @param prefix of its own for each round. */
export function objectCalls(prefix: string): Readonly<Record<string, StoreCall<Objects>>> {
  const put = (name: string) => (objects: Objects) =>
    objects.put({ key: prefix + name, ...digits });
  const read = async (objects: Objects, name: string) => {
    const bytes = await objects.read({ key: prefix + name, position: 0, length: 100 });
    return bytes && Buffer.from(bytes).toString();
  };
  return {
    put: {
      ask: async (objects) => same(await put('put')(objects), 'stored'),
      isDone: async (objects) => (await read(objects, 'put')) === '123456789',
    },
    read: {
      prepare: put('read'),
      ask: async (objects) => same(await read(objects, 'read'), '123456789'),
    },
    delete: {
      prepare: put('delete'),
      ask: async (objects) => same(await objects.delete([`${prefix}delete`]), undefined),
      isDone: async (objects) => (await read(objects, 'delete')) === undefined,
    },
    list: {
      prepare: put('list/object'),
      async ask(objects) {
        const page = await objects.list({ prefix: `${prefix}list/`, limit: 5 });
        return same(page, [{ key: `${prefix}list/object`, length: 9 }]);
      },
    },
  };
}

export const right = 'right';

function same(answer: unknown, expected: unknown): string {
  const [text, expectedText] = [sorted(answer), sorted(expected)];
  return text === expectedText ? right : text;
}

/** Stores answer attributes in any order. */
function sorted(answer: unknown): string {
  return String(
    JSON.stringify(answer, (_, value: unknown) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    }),
  );
}

/** What a call was answered, or its outcome and reason as the port has them. Anything else that it
 * throws breaks the port's promise. */
export async function told(call: Promise<string>): Promise<string> {
  return call.catch((error: unknown) => {
    if (error instanceof StoreError) return `${error.outcome}, ${error.reason}`;
    throw error;
  });
}
