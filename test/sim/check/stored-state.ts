// I4, I11: the raw items in the end. Of each partition that is there, chunks and tail name every
// append from the log's start to its end, once, in order; the tail is no longer than it may be; and
// chunks at or above tailBase are copies of what the tail holds.

import { tailRefsMax } from '../../../shared/limits.ts';
import { readHead } from '../../../shared/log/head.ts';
import { refCount, sameRef } from '../../../shared/log/ref.ts';
import type { Item, Key } from '../../../shared/store/algebra.ts';
import { chunkBaseOffset, chunkSk, headKey, partitionPk } from '../../../shared/store/items.ts';
import type { Range } from '../../../shared/store/table.ts';
import { refsIn, type WatchedPartition } from '../log-watch.ts';

export type StoredItems = {
  readonly peek: (key: Key) => Item | undefined;
  readonly peekRange: (range: Omit<Range, 'strong'>) => readonly Item[];
};

export function storedState(
  items: StoredItems,
  partitions: Iterable<WatchedPartition>,
): readonly string[] {
  return [...partitions].flatMap((partition) => {
    const item = items.peek(headKey(partition.id));
    // A head that is put late, after it was deleted, is there again: garbage, and no log.
    return item === undefined || isGone(partition) ? [] : judge(items, partition, item);
  });
}

function isGone({ gone }: WatchedPartition): boolean {
  return gone < Number.POSITIVE_INFINITY;
}

function judge(items: StoredItems, { id, topic, appends }: WatchedPartition, item: Item): string[] {
  const violations: string[] = [];
  const say = (what: string) => violations.push(`${topic}-${id.partition}: ${what}`);
  const head = readHead(item);
  if (head.tail.length > tailRefsMax) say(`I4: the tail has ${head.tail.length} refs`);
  const refs: Uint8Array[] = [];
  let offset = 0;
  const limit = Number.MAX_SAFE_INTEGER;
  const range = { pk: partitionPk(id), from: chunkSk(0), to: chunkSk(Number.MAX_SAFE_INTEGER) };
  for (const chunk of items.peekRange({ ...range, limit })) {
    const base = chunkBaseOffset(chunk.sk);
    const own = refsIn(chunk);
    if (base >= head.tailBase) continue;
    if (base !== offset) say(`I4: a chunk begins at ${base} where ${offset} should be`);
    offset = own.reduce((sum, ref) => sum + refCount(ref), base);
    refs.push(...own);
  }
  if (offset !== head.tailBase) {
    say(`I4: the chunks end at ${offset}, the tail begins at ${head.tailBase}`);
  }
  refs.push(...head.tail);
  const right =
    refs.length === appends.length &&
    refs.every((ref, at) => sameRef(ref, appends[at]?.packed ?? new Uint8Array(0)));
  if (!right) say('I3: the index names other appends than there were');
  return violations;
}
