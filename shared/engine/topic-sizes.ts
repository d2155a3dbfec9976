// How large a topic is, partition by partition: what Kafka's DescribeLogDirs tells. It costs a read
// of each partition's head, and of the index as much as a bound allows, the newest first: so what
// is asked again and again, as somebody looks on, costs little and never without end.

import type { PartitionId } from '../ids.ts';
import { leasesInFlightMax } from '../limits.ts';
import type { Chunk } from '../log/chunk.ts';
import type { Head } from '../log/head.ts';
import { refsOfTail } from '../log/refs.ts';
import { chunkSk, partitionPk } from '../store/items.ts';
import { type Bounds, boundsOf } from './bounds.ts';
import type { Call, Engine } from './engine.ts';
import { readChunks } from './find-refs.ts';
import { headOf } from './heads.ts';
import { inRuns } from './in-runs.ts';
import { onTopic } from './on-topic.ts';

/** Chunks that are looked at, of all the partitions of a request together: some hundred kilobytes
 * of an index that is not merged yet. */
export const sizedChunksMax = 1_024;

export type PartitionSize = Bounds & {
  readonly partition: number;
  /** From where on the next two were counted; at or below the log start: all there is. */
  readonly countedFrom: number;
  readonly segments: number;
  /** As they are stored. */
  readonly bytes: number;
};

export type TopicSizes = {
  readonly sizes: readonly PartitionSize[];
  /** The first partition that was not looked at; undefined: there is none. */
  readonly next: number | undefined;
};

/** What is known of older segments may be ten minutes old (chunk-cache.ts): a merge may have made
 * fewer of them meanwhile.
 * @param request.from the first partition; @param request.limit how many at most
 * @throws EngineError UNKNOWN_TOPIC, THROTTLED, UNAVAILABLE */
export function topicSizes(
  engine: Engine,
  call: Call,
  request: { readonly topic: string; readonly from: number; readonly limit: number },
): Promise<TopicSizes> {
  return onTopic(engine, call, request.topic, async ({ id: topicId, partitions }) => {
    const { from } = request;
    const length = Math.max(Math.min(request.limit, partitions - from), 0);
    const ids = Array.from({ length }, (_, index) => ({ topicId, partition: from + index }));
    const chunksMax = Math.max(Math.floor(sizedChunksMax / length), 1);
    const sizes = await inRuns(ids, leasesInFlightMax, (id) =>
      partitionSize(engine, call, id, chunksMax),
    );
    const next = from + length;
    return { sizes, next: next < partitions ? next : undefined };
  });
}

async function partitionSize(
  engine: Engine,
  call: Call,
  id: PartitionId,
  chunksMax: number,
): Promise<PartitionSize> {
  const head = await headOf(engine, call, id);
  const tail = refsOfTail(head.tailBase, head.tail);
  let { length: segments, bytes } = tail;
  let countedFrom = head.tailBase;
  for (const chunk of await chunksBelow(engine, call, { id, head }, chunksMax)) {
    segments += chunk.length;
    bytes += chunk.bytes;
    countedFrom = chunk.baseOffset;
  }
  return { partition: id.partition, ...boundsOf(head), countedFrom, segments, bytes };
}

/** Down from the tail to the log start, or as far as the bound reaches, without a gap. */
async function chunksBelow(
  engine: Engine,
  call: Call,
  { id, head }: { readonly id: PartitionId; readonly head: Head },
  most: number,
): Promise<readonly Chunk[]> {
  const found: Chunk[] = [];
  let end = head.tailBase;
  let strong = false;
  while (end > head.logStart && found.length < most) {
    const kept = engine.chunks.find(partitionPk(id), end - 1);
    const range = { from: chunkSk(0), to: chunkSk(end - 1), descending: true };
    const query = { ...range, limit: most - found.length, strong };
    const chunks: readonly Chunk[] =
      kept === undefined ? await readChunks(engine, call, id, query) : [kept];
    const before = end;
    for (const chunk of chunks) {
      if (chunk.endOffset !== end || end <= head.logStart) break;
      found.push(chunk);
      end = chunk.baseOffset;
    }
    // A weak read may not know of the newest yet; below what a strong one finds there is nothing.
    if (end === before && (strong || kept !== undefined)) break;
    strong = end === before;
  }
  return found;
}
