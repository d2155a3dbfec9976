// Gathering: the records of the next delivery, as many as it may have, of those that match; what
// does not match is passed over.

import { isForAnother } from '../../delivery/dead-letter.ts';
import { eventText, recordText, type TimestampType } from '../../delivery/kafka-event.ts';
import { endOf } from '../../delivery/progress.ts';
import type { Head } from '../../log/head.ts';
import { appendSettings } from '../../log/topic-configs.ts';
import type { LogRecord } from '../../record/record.ts';
import { deliveryFetchBytes, recordsPassedMax } from '../../trigger-limits.ts';
import { fetchBelowEnd } from '../fetch.ts';
import { recordsIn } from '../ranges.ts';
import { placeOf, type Turn } from './turn.ts';

export type Gathered = {
  readonly records: readonly LogRecord[];
  /** One a record, as its target gets it. */
  readonly texts: readonly string[];
  /** One past the last record that was looked at and is done with, once those are delivered. */
  readonly end: number;
  /** No more would have had room. */
  readonly isFull: boolean;
};

type Gathering = {
  readonly records: LogRecord[];
  readonly texts: string[];
  bytes: number;
  passed: number;
  end: number;
};

/** @param head as read before. @param recordsMax of the delivery. */
export async function gather(
  turn: Turn,
  head: Head,
  from: number,
  recordsMax: number,
): Promise<Gathered> {
  const { engine, call, tenure, progress } = turn;
  const until = Math.min(endOf(progress), head.nextOffset);
  const gathering: Gathering = {
    records: [],
    texts: [],
    bytes: eventText(placeOf(turn), []).length,
    passed: 0,
    end: from,
  };
  for (let offset = from; offset < until; ) {
    const wanted = { offset, maxBytes: deliveryFetchBytes };
    const fetched = await fetchBelowEnd(engine, call, wanted, { id: tenure.id, head });
    for (const record of fetched.batches.flatMap(recordsIn)) {
      if (record.offset < offset) continue;
      if (record.offset >= until) break;
      if (!take(turn, gathering, record, recordsMax)) return { ...gathering, isFull: true };
    }
    offset = fetched.nextOffset;
    // Past what compaction has left out.
    gathering.end = Math.min(Math.max(gathering.end, offset), until);
  }
  const isFull = endOf(progress) <= head.nextOffset || gathering.records.length >= recordsMax;
  return { ...gathering, isFull };
}

/** @returns false: it has no room. */
function take(turn: Turn, into: Gathering, record: LogRecord, recordsMax: number): boolean {
  const { subscription, topic } = turn;
  if (into.records.length >= recordsMax || into.passed >= recordsPassedMax) return false;
  if (isForAnother(record, subscription.name) || !turn.matches(record)) {
    into.passed++;
    into.end = record.offset + 1;
    return true;
  }
  const text = recordText(placeOf(turn), record, timestampTypeOf(topic.configs));
  const bytes = into.bytes + text.length + 1;
  if (bytes > subscription.settings.batchBytesMax && into.records.length > 0) return false;
  into.records.push(record);
  into.texts.push(text);
  into.bytes = bytes;
  into.end = record.offset + 1;
  return true;
}

function timestampTypeOf(configs: ReadonlyMap<string, string>): TimestampType {
  const { timestampType } = appendSettings(configs);
  return timestampType === 'LogAppendTime' ? 'LOG_APPEND_TIME' : 'CREATE_TIME';
}
