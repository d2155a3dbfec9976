// Ingest: what a source brings is appended to a topic, once, however often it brings it. Records
// and the marks that tell of them are one transaction. What cannot be stored is named, so that the
// source brings it again, and it alone; of what is in order, all that comes after it is left with
// it.

import { EngineError, type ErrorCode } from '../../errors.ts';
import type { SourceEvent } from '../../ingest/source-event.ts';
import type { BadRecord, SourceRecord } from '../../ingest/source-record.ts';
import { produceBodyBytesMax } from '../../limits.ts';
import { type AppendSettings, appendSettings } from '../../log/topic-configs.ts';
import { partitionForKey } from '../../partitioner.ts';
import { ingestedPerTransaction, ingestItemsMax } from '../../trigger-limits.ts';
import { contentFault } from '../batch-records.ts';
import type { Call, Engine } from '../engine.ts';
import { isUnknownPartition, onTopic } from '../on-topic.ts';
import type { Topic } from '../topic-cache.ts';
import { appendMarked, type ReadyRecord } from './append-marked.ts';
import { type Marks, withMark } from './marks.ts';

/** One that was not stored, and why. */
export type NotIngested = {
  /** Which of the event's. */
  readonly index: number;
  readonly code: ErrorCode;
  readonly reason: string;
};

/** @returns what was not stored, in order: the source is to bring it again.
 * @throws EngineError UNKNOWN_TOPIC, UNKNOWN_PARTITION: it was deleted meanwhile; THROTTLED,
 *   UNAVAILABLE: it cannot be looked up. Nothing was stored. */
export function ingest(
  engine: Engine,
  call: Call,
  { topic, records }: { readonly topic: string } & Pick<SourceEvent, 'records'>,
): Promise<readonly NotIngested[]> {
  call.tally.topic = topic;
  return onTopic(engine, call, topic, (found) => ingestInto(engine, call, found, records));
}

async function ingestInto(
  engine: Engine,
  call: Call,
  topic: Topic,
  records: SourceEvent['records'],
): Promise<readonly NotIngested[]> {
  const { ready, failed } = triage(engine, topic, records);
  for (let rest = ready; rest.length > 0; ) {
    const run = takeRun(rest);
    try {
      await appendMarked(engine, call, topic, run);
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      // Of a topic that is not what it was nothing is stored yet.
      if (rest === ready && isUnknownPartition(error)) throw error;
      call.tally.failure ??= error;
      // What the stores refuse now they most likely refuse of the rest, too.
      const { code } = error;
      failed.push(...rest.map(({ index }) => ({ index, code, reason: code })));
      break;
    }
    rest = rest.slice(run.length);
  }
  return failed.sort((one, other) => one.index - other.index);
}

/** What can be stored, and where; what cannot, or comes after it in its lane. */
function triage(
  engine: Engine,
  topic: Topic,
  records: SourceEvent['records'],
): { readonly ready: readonly ReadyRecord[]; readonly failed: NotIngested[] } {
  const settings = appendSettings(topic.configs);
  const drawn = Math.floor(engine.chance.fraction() * topic.partitions);
  const stopped = new Set<string>();
  const failed: NotIngested[] = [];
  const ready: ReadyRecord[] = [];
  for (const [index, one] of records.entries()) {
    const isStopped = one.lane !== undefined && stopped.has(one.lane);
    const fault = isStopped ? behindAnother : faultOf(one, settings);
    if (fault !== undefined) {
      failed.push({ index, ...fault });
      if (one.lane !== undefined) stopped.add(one.lane);
      continue;
    }
    const record = one as SourceRecord;
    const partition = partitionOf(record, topic.partitions) ?? drawn;
    const bytes = (record.key?.length ?? 0) + (record.value?.length ?? 0);
    ready.push({ index, record: { ...produced(record), partition }, mark: record.mark, bytes });
  }
  return { ready, failed };
}

type Fault = Omit<NotIngested, 'index'>;

/** It may be stored once that one is. */
const behindAnother: Fault = {
  code: 'UNAVAILABLE',
  reason: 'one before it in its order was not stored',
};

/** undefined: it can be stored. */
function faultOf(one: SourceRecord | BadRecord, settings: AppendSettings): Fault | undefined {
  if ('bad' in one) return { code: 'INVALID_RECORD', reason: one.bad };
  const fault = contentFault(produced(one), settings, 'record');
  return fault && { code: fault.code, reason: fault.message };
}

function produced({ key, value, headers, timestamp }: SourceRecord) {
  return { key, value, headers, ...(timestamp === undefined ? {} : { timestamp }) };
}

/** By its key; without one, by the lane whose order it is in. undefined: anywhere. */
function partitionOf({ key, lane }: SourceRecord, partitions: number): number | undefined {
  if (key !== null) return partitionForKey(key, partitions);
  return lane === undefined ? undefined : partitionForKey(Buffer.from(lane), partitions);
}

/** As many as one transaction takes; at least one. */
function takeRun(rest: readonly ReadyRecord[]): readonly ReadyRecord[] {
  const partitions = new Set<number>();
  let marks: Marks = new Map();
  let bytes = 0;
  for (const [count, { record, mark, bytes: more }] of rest.entries()) {
    partitions.add(record.partition);
    marks = withMark(marks, mark);
    bytes += more;
    const isFull =
      partitions.size + marks.size > ingestItemsMax ||
      bytes > produceBodyBytesMax ||
      count >= ingestedPerTransaction;
    if (isFull && count > 0) return rest.slice(0, count);
  }
  return rest;
}
