// I4, I11: the raw items in the end. Of each partition that is there, chunks and tail cover every
// offset from the log's start to its end, once, in order; each names what was appended there, or
// what was rewritten; and the tail is no longer than it may be.

import { tailRefsMax } from '../../../shared/limits.ts';
import { readHead } from '../../../shared/log/head.ts';
import { sameRef } from '../../../shared/log/ref.ts';
import type { Item, Key } from '../../../shared/store/algebra.ts';
import { chunkBaseOffset, headKey } from '../../../shared/store/items.ts';
import type { Range } from '../../../shared/store/table.ts';
import { chunksOf, endOf, isAsAppended } from '../upkeep/chunk-watch.ts';
import type { WatchedPartition } from '../upkeep/watched-partition.ts';

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

function judge(items: StoredItems, partition: WatchedPartition, item: Item): string[] {
  const { id, topic, appends, rewrites } = partition;
  const violations: string[] = [];
  const say = (what: string) => violations.push(`${topic}-${id.partition}: ${what}`);
  const head = readHead(item);
  if (head.tail.length > tailRefsMax) say(`I4: the tail has ${head.tail.length} refs`);
  const chunks = chunksOf(items, partition, head);
  let offset = chunks[0] === undefined ? head.tailBase : chunkBaseOffset(chunks[0].sk);
  if (offset > head.logStart) say(`I1: the index begins at ${offset}, the log at ${head.logStart}`);
  for (const chunk of chunks) {
    const base = chunkBaseOffset(chunk.sk);
    if (base !== offset) say(`I4: a chunk begins at ${base} where ${offset} should be`);
    offset = endOf(chunk);
    const isRewritten = rewrites.some((one) => one.baseOffset === base && one.endOffset === offset);
    if (!isAsAppended(chunk, appends) && !isRewritten) {
      say(`I3: the chunk at ${base} names other appends than there were`);
    }
  }
  if (offset !== head.tailBase) {
    say(`I4: the chunks end at ${offset}, the tail begins at ${head.tailBase}`);
  }
  const inTail = appends.filter(({ baseOffset }) => baseOffset >= head.tailBase);
  const isRight =
    inTail.length === head.tail.length &&
    inTail.every(({ packed }, at) => sameRef(packed, head.tail[at] ?? new Uint8Array(0)));
  if (!isRight) say('I3: the tail names other appends than there were');
  return violations;
}
