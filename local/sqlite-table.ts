// The table over SQLite, for a single process.
//
//     write    ──┐
//     write    ──┼──> queue ──> evaluate, in order ──> one COMMIT ──> answers
//     transact ──┘    (once an event loop's turn)
//
// - The writes of one turn share one commit and its one sync; none is answered before it.
// - Each is evaluated on what those before it leave, and an item is written once a turn: a hundred
//   appends to one head are one row.
// - Nothing else runs between the first evaluation and the commit, so a read sees what is
//   committed, all of it, and nothing more.

import { assert } from '../shared/assert.ts';
import { transactItemsMax } from '../shared/limits.ts';
import { type Item, type Key, keyOf, type Write } from '../shared/store/algebra.ts';
import { evaluate } from '../shared/store/evaluate.ts';
import { StoreError } from '../shared/store/store-error.ts';
import type { Table, TransactResult, WriteResult } from '../shared/store/table.ts';
import { type Change, openRows, type Rows } from './sqlite-rows.ts';

/** Calls that share one commit. Far more of them would make the first wait for the last. */
const callsPerCommitMax = 256;

export type SqliteTable = {
  readonly table: Table;
  /** Finishes the calls before it; those after it are 'not-done'. */
  close(): Promise<void>;
};

/** A call to `write` or `transact` that waits for its turn. */
type Call = {
  /** @returns what answers the call, once the turn is committed. */
  readonly evaluate: (turn: Turn) => () => void;
  readonly reject: (error: unknown) => void;
};

/** @param path of a file in a directory that exists, or ':memory:'.
 * @throws Error when another process has the file open, or it cannot be opened. */
export function openSqliteTable({ path }: { readonly path: string }): SqliteTable {
  const rows = openRows(path);
  const calls: Call[] = [];
  let closing: Promise<void> | undefined;

  function inNextTurn<Answer>(decide: (turn: Turn) => Answer): Promise<Answer> {
    assertOpen();
    if (calls.length === 0) setImmediate(runTurn);
    return new Promise((resolve, reject) => {
      const evaluateCall = (turn: Turn) => {
        const answer = decide(turn);
        return () => resolve(answer);
      };
      calls.push({ evaluate: evaluateCall, reject });
    });
  }

  function runTurn(): void {
    commitTogether(calls.splice(0, callsPerCommitMax), rows);
    if (calls.length > 0) setImmediate(runTurn);
  }

  function assertOpen(): void {
    if (closing !== undefined) throw new StoreError('not-done', 'unavailable');
  }

  async function finish(last: Promise<void>): Promise<void> {
    // A turn that fails tells its own callers.
    await last.catch(() => undefined);
    rows.close();
  }

  const table: Table = {
    async get(key) {
      assertOpen();
      return rows.get(key);
    },
    async query(range) {
      assertOpen();
      return rows.query(range);
    },
    async write(write) {
      return await inNextTurn((turn) => turn.write(write));
    },
    async transact(writes) {
      return await inNextTurn((turn) => turn.transact(writes));
    },
  };
  return { table, close: () => (closing ??= finish(inNextTurn(() => undefined))) };
}

function commitTogether(calls: readonly Call[], rows: Rows): void {
  const turn = beginTurn(rows);
  const answers: (() => void)[] = [];
  for (const call of calls) {
    try {
      answers.push(call.evaluate(turn));
    } catch (error) {
      call.reject(error);
    }
  }
  try {
    rows.commit(turn.changes());
  } catch (error) {
    for (const call of calls) call.reject(error);
    return;
  }
  for (const answer of answers) answer();
}

/** Writes that become durable together, each evaluated on what those before it leave. */
type Turn = {
  write(write: Write): WriteResult;
  transact(writes: readonly Write[]): TransactResult;
  changes(): Iterable<Change>;
};

function beginTurn(rows: Rows): Turn {
  const changed = new Map<string, Change>();

  function attempt(write: Write): WriteResult {
    const key = keyOf(write);
    const change = changed.get(keyText(key));
    return evaluate(write, change === undefined ? rows.get(key) : change.item);
  }

  function keep(write: Write, item: Item | undefined): void {
    const { pk, sk } = keyOf(write);
    changed.set(keyText({ pk, sk }), { key: { pk, sk }, item });
  }

  return {
    write(write) {
      const result = attempt(write);
      if (result.kind === 'done') keep(write, result.item);
      return result;
    },
    transact(writes) {
      assert(writes.length >= 1 && writes.length <= transactItemsMax, 'a transaction is 1 to 100');
      const keys = new Set(writes.map((write) => keyText(keyOf(write))));
      assert(keys.size === writes.length, 'no two writes of a transaction have one key');
      const results = writes.map(attempt);
      const refusals = results.map((result) => (result.kind === 'refused' ? result : undefined));
      if (refusals.some((refusal) => refusal !== undefined)) return { kind: 'refused', refusals };
      for (const [index, write] of writes.entries()) {
        const result = results[index];
        if (result?.kind === 'done') keep(write, result.item);
      }
      return { kind: 'done' };
    },
    changes: () => changed.values(),
  };
}

/** No two keys have the same: the length says where pk ends. */
function keyText({ pk, sk }: Key): string {
  return `${pk.length}:${pk}${sk}`;
}
