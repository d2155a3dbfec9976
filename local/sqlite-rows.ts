// The rows of the embedded table: one SQLite file, one table, one row an item.
//
//     items(pk, sk, body)   clustered on (pk, sk), whose order is that of their UTF-8 bytes;
//                           body is what item-bytes.ts makes of the other attributes
//
// - `commit` is all or nothing, and durable when it returns: WAL, with a sync at every commit.
// - One process owns the file. Its locks are exclusive and held while it is open; the system drops
//   them when the process dies, however it dies, and the next one recovers the log.

import { DatabaseSync } from 'node:sqlite';
import type { Item, Key } from '../shared/store/algebra.ts';
import { StoreError, type StoreOutcome } from '../shared/store/store-error.ts';
import type { Range } from '../shared/store/table.ts';
import { decodeItem, encodeItem } from './item-bytes.ts';

export type Rows = {
  get(key: Key): Item | undefined;
  query(range: Range): readonly Item[];
  /** @throws StoreError 'not-done' when it failed before the commit, 'unknown' when that failed: a
   * log that could not be synced may still be found whole by the next process. */
  commit(changes: Iterable<Change>): void;
  close(): void;
};

/** @property item what is to be under the key; undefined: nothing. */
export type Change = { readonly key: Key; readonly item: Item | undefined };

/** Node's default for a log is weaker: it would sync at checkpoints alone. */
const settings = `
  PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
`;

const schema = `
  CREATE TABLE IF NOT EXISTS items (
    pk TEXT NOT NULL,
    sk TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (pk, sk)
  ) STRICT, WITHOUT ROWID;
`;

/** SQLite's SQLITE_BUSY: another process has the lock. */
const busy = 5;

/** What `to` is when a range has no end: in SQLite's order every BLOB comes after every TEXT. */
const afterAllText = new Uint8Array(0);

/** @param path of a file in a directory that exists, or ':memory:'.
 * @throws Error when another process has the file open, or it cannot be opened. */
export function openRows(path: string): Rows {
  const database = openDatabase(path);
  const range = 'FROM items WHERE pk = ? AND sk >= ? AND sk <= ? ORDER BY';
  const get = database.prepare('SELECT body FROM items WHERE pk = ? AND sk = ?');
  const ascending = database.prepare(`SELECT sk, body ${range} sk LIMIT ?`);
  const descending = database.prepare(`SELECT sk, body ${range} sk DESC LIMIT ?`);
  const remove = database.prepare('DELETE FROM items WHERE pk = ? AND sk = ?');
  const put = database.prepare(`INSERT INTO items (pk, sk, body) VALUES (?, ?, ?)
    ON CONFLICT (pk, sk) DO UPDATE SET body = excluded.body`);

  return {
    get({ pk, sk }) {
      const row = attempt('not-done', () => get.get(pk, sk));
      return row && decoded({ pk, sk }, row['body']);
    },
    query({ pk, from = '', to = afterAllText, limit, descending: backwards }) {
      const statement = backwards ? descending : ascending;
      const found = attempt('not-done', () => statement.all(pk, from, to, limit));
      return found.map((row) => decoded({ pk, sk: row['sk'] as string }, row['body']));
    },
    commit(changes) {
      try {
        attempt('not-done', () => {
          database.exec('BEGIN IMMEDIATE');
          for (const { key, item } of changes) {
            if (item === undefined) remove.run(key.pk, key.sk);
            else put.run(key.pk, key.sk, encodeItem(item));
          }
        });
        attempt('unknown', () => database.exec('COMMIT'));
      } catch (error) {
        if (database.isTransaction) database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(settings);
    database.exec(schema);
    return database;
  } catch (cause) {
    database.close();
    if (!(cause instanceof Error && 'errcode' in cause && cause.errcode === busy)) throw cause;
    throw new Error(`another process has ${path} open`, { cause });
  }
}

function attempt<Result>(outcome: StoreOutcome, action: () => Result): Result {
  try {
    return action();
  } catch (cause) {
    throw new StoreError(outcome, 'unavailable', { cause });
  }
}

function decoded(key: Key, body: unknown): Item {
  try {
    return decodeItem(key, body as Uint8Array);
  } catch (cause) {
    throw new StoreError('not-done', 'corrupt', { cause });
  }
}
