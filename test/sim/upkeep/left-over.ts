// What is left when everything was looked after until nothing changed any more: no object that
// nothing names, nothing of deleted topics, no record that its topic's settings would have gone,
// and few objects.

import type { Clock } from '../../../shared/engine/environment.ts';
import { largeRefBytes } from '../../../shared/housekeeping-limits.ts';
import { readCompaction } from '../../../shared/log/compaction.ts';
import { type Head, readHead } from '../../../shared/log/head.ts';
import { decodeRef, type Ref } from '../../../shared/log/ref.ts';
import { type Retention, retentionOf } from '../../../shared/log/retention.ts';
import { isCompacted } from '../../../shared/log/topic-configs.ts';
import { segmentKey } from '../../../shared/segment/keys.ts';
import { type Item, textIn } from '../../../shared/store/algebra.ts';
import {
  chunkBaseOffset,
  doomedItem,
  doomedPk,
  headKey,
  rewriteItem,
  rewriteKey,
} from '../../../shared/store/items.ts';
import { nameOf } from '../check/check.ts';
import type { StoredItems } from '../check/stored-state.ts';
import type { LogWatch } from '../log-watch.ts';
import { chunksOf, endOf, refsIn } from './chunk-watch.ts';
import type { StoredRecord } from './stored-records.ts';
import type { WatchedPartition } from './watched-partition.ts';

export type Tidied = {
  readonly watch: LogWatch;
  readonly stored: StoredItems;
  readonly time: Pick<Clock, 'now'>;
};

export function leftOver(world: Tidied): readonly string[] {
  const live = livePartitions(world);
  const named = new Set(live.flatMap(namedBy));
  const orphans = [...world.watch.objects.there].filter((key) => !named.has(key));
  return [
    ...orphans.map((key) => `I13: ${key} is left, and nothing names it`),
    ...doomedRest(world),
    ...live.flatMap((partition) => [
      ...keptTooLong(world, partition),
      ...unmerged(partition),
      ...uncompacted(world, partition),
    ]),
  ];
}

function namedBy({ chunks, head }: Live): readonly string[] {
  const refs = [...chunks.flatMap(refsIn), ...head.tail];
  return refs.map((packed) => segmentKey(decodeRef(packed).segment));
}

type Live = {
  readonly watched: WatchedPartition;
  readonly name: string;
  readonly head: Head;
  /** Those that are not wholly below the log start. */
  readonly chunks: readonly Item[];
  readonly refs: readonly Ref[];
};

function livePartitions({ watch, stored }: Tidied): readonly Live[] {
  return [...watch.partitions.values()].flatMap((watched) => {
    const item = stored.peek(headKey(watched.id));
    if (item === undefined) return [];
    const head = readHead(item);
    const chunks = chunksOf(stored, watched, head);
    const refs = refsFrom(head, chunks);
    const name = nameOf({ topic: watched.topic, partition: watched.id.partition });
    return [{ watched, name, head, chunks, refs }];
  });
}

/** Those that are not wholly below the log start. */
function refsFrom({ logStart, tailBase, tail }: Head, chunks: readonly Item[]): readonly Ref[] {
  const [first] = chunks;
  let offset = first === undefined ? tailBase : chunkBaseOffset(first.sk);
  return [...chunks.flatMap(refsIn), ...tail].flatMap((packed) => {
    const ref = decodeRef(packed);
    offset += ref.count;
    return offset > logStart ? [ref] : [];
  });
}

/** A deletion comes to its end; chunks alone may be put later yet, by whoever froze before it. */
function doomedRest({ stored, watch }: Tidied): readonly string[] {
  const doomed = stored.peekRange({ pk: doomedPk, limit: Number.MAX_SAFE_INTEGER });
  return doomed.flatMap((item) => {
    const own = [...watch.partitions.values()].filter(({ id }) => id.topicId === item.sk);
    const items = own.flatMap(({ id }) => [headKey(id), rewriteKey(id)]);
    const left = items.filter((key) => stored.peek(key) !== undefined);
    const what = `I16: of ${textIn(item, doomedItem.name)} (${item.sk}), which is deleted,`;
    return [
      ...(doomedItem.cleared in item ? [] : [`${what} all is left`]),
      ...left.map(({ pk, sk }) => `${what} ${pk} ${sk} is left`),
    ];
  });
}

function keptTooLong({ stored, time }: Tidied, live: Live): readonly string[] {
  const { watched, name, head, refs } = live;
  const below = chunksOf(stored, watched, { logStart: -1, tailBase: head.logStart });
  const dead = below.filter((chunk) => endOf(chunk) <= head.logStart);
  const { millis, bytes }: Retention = retentionOf(watched.configs);
  const [first] = refs;
  const total = refs.reduce((sum, { length }) => sum + length, 0);
  const isOld =
    millis !== undefined && first !== undefined && first.timestampMax < time.now() - millis;
  const isMuch = bytes !== undefined && first !== undefined && total - first.length >= bytes;
  return [
    ...dead.map(({ sk }) => `I14: ${name}: ${sk} is left, and the log starts at ${head.logStart}`),
    ...(isOld ? [`I26: ${name}: what is kept from ${head.logStart} on is too old`] : []),
    ...(isMuch ? [`I26: ${name}: ${total} bytes are kept from ${head.logStart} on`] : []),
  ];
}

/** One chunk alone is not worth an object. */
function unmerged({ name, chunks }: Live): readonly string[] {
  const small = chunks.filter((chunk) => {
    const refs = refsIn(chunk).map((packed) => decodeRef(packed));
    const bytes = refs.reduce((sum, { length }) => sum + length, 0);
    return refs.length > 1 && bytes / refs.length < largeRefBytes;
  });
  if (small.length <= 1) return [];
  const bases = small.map(({ sk }) => chunkBaseOffset(sk)).join(', ');
  return [`I26: ${name}: the chunks at ${bases} are not merged`];
}

function uncompacted({ watch, stored, time }: Tidied, live: Live): readonly string[] {
  const { watched, name, head, chunks } = live;
  const item = stored.peek(rewriteKey(watched.id));
  if (!isCompacted(watched.configs) || item === undefined) return [];
  const text = item[rewriteItem.compaction] as string | undefined;
  const { cleanedTo } = readCompaction(text);
  const records = chunks
    .flatMap((chunk) => watch.chunks.recordsOf(chunk) as readonly StoredRecord[])
    .filter(({ offset }) => offset >= head.logStart && offset < cleanedTo);
  const byKey = Map.groupBy(records, ({ key }) => Buffer.from(key ?? '').toString('latin1'));
  const twice = [...byKey].filter(([, own]) => own.length > 1);
  const isExpired = ({ value, deleteHorizon }: StoredRecord) =>
    value === null && (deleteHorizon ?? 0) < time.now();
  return [
    ...twice.map(([key, own]) => `I26: ${name}: ${key} is there ${own.length} times`),
    ...records.filter(isExpired).map(({ id }) => `I26: ${name}: the tombstone ${id} is left`),
  ];
}
