// Gathering: the records of the next delivery, as many as it may have, of those that match; what
// does not match is passed over.
//
// What a few stored bytes unpack to may be large, and what that is as text larger: so it is bounded
// what is looked at for one delivery, and a text is not made that no target would take.

import { isForAnother } from '../../delivery/dead-letter.ts';
import {
  eventText,
  leastTextBytes,
  recordText,
  type TimestampType,
} from '../../delivery/kafka-event.ts';
import { type Delivery, endOf } from '../../delivery/progress.ts';
import type { Head } from '../../log/head.ts';
import { appendSettings } from '../../log/topic-configs.ts';
import { encodedRecordBytes } from '../../record/encode-batch.ts';
import type { LogRecord } from '../../record/record.ts';
import {
  deliveryBytesMax,
  deliveryFetchBytes,
  deliverySeenBytesMax,
  recordsPassedMax,
} from '../../trigger-limits.ts';
import { fetchBelowEnd } from '../fetch.ts';
import { recordsOf } from '../ranges.ts';
import { placeOf, type Turn } from './turn.ts';

export type Gathered = {
  readonly records: readonly LogRecord[];
  /** One a record, as its target gets it. */
  readonly texts: readonly string[];
  /** One past the last record that was looked at and is done with, once those are delivered. */
  readonly end: number;
  /** No more would have had room. */
  readonly isFull: boolean;
  /** It is one record, which is more than any target takes; it has no text. */
  readonly isTooLarge: boolean;
};

/** Of all that was gathered. */
export function deliveryOf({ records, end }: Gathered): Delivery {
  return { offsets: records.map(({ offset }) => offset), end };
}

type Gathering = {
  readonly records: LogRecord[];
  readonly texts: string[];
  bytes: number;
  /** Records that were passed over, and bytes of all that were looked at. */
  passed: number;
  seenBytes: number;
  end: number;
  isTooLarge: boolean;
};

/** @param head as read before. */
export async function gather(turn: Turn, head: Head): Promise<Gathered> {
  const { engine, call, tenure, progress } = turn;
  const recordsMax = recordsMaxOf(turn);
  // What retention has taken nobody can give.
  const from = Math.max(progress.at, head.logStart);
  const until = Math.min(endOf(progress), head.nextOffset);
  const gathering: Gathering = {
    records: [],
    texts: [],
    bytes: eventText(placeOf(turn), []).length,
    passed: 0,
    seenBytes: 0,
    end: from,
    isTooLarge: false,
  };
  for (let offset = from; offset < until; ) {
    const wanted = { offset, maxBytes: deliveryFetchBytes };
    const fetched = await fetchBelowEnd(engine, call, wanted, { id: tenure.id, head });
    for (const record of recordsOf(fetched.batches)) {
      if (record.offset < offset) continue;
      if (record.offset >= until) break;
      if (!take(turn, gathering, record, recordsMax)) return { ...gathering, isFull: true };
    }
    offset = fetched.nextOffset;
    // Past what compaction has left out.
    gathering.end = Math.min(Math.max(gathering.end, offset), until);
    // What was passed over counts, however slowly that went.
    if (engine.clock.now() >= turn.endsAt) return { ...gathering, isFull: true };
  }
  const hasRoom = gathering.records.length < recordsMax && !gathering.isTooLarge;
  return { ...gathering, isFull: endOf(progress) <= head.nextOffset || !hasRoom };
}

/** A second's worth at most, so that what a slow receiver gets is spread over its time. */
function recordsMaxOf({ subscription: { settings } }: Turn): number {
  const { batchRecordsMax, recordsPerSecondMax = Number.POSITIVE_INFINITY } = settings;
  return Math.min(batchRecordsMax, Math.max(1, Math.floor(recordsPerSecondMax)));
}

/** @returns false: it has no room. */
function take(turn: Turn, into: Gathering, record: LogRecord, recordsMax: number): boolean {
  const { subscription, topic } = turn;
  if (into.records.length >= recordsMax || into.passed >= recordsPassedMax) return false;
  if (into.isTooLarge || into.seenBytes >= deliverySeenBytesMax) return false;
  into.seenBytes += encodedRecordBytes(record);
  if (isForAnother(record, subscription.name) || !turn.matches(record)) {
    into.passed++;
    into.end = record.offset + 1;
    return true;
  }
  const isHuge = leastTextBytes(record) > deliveryBytesMax;
  const type = timestampTypeOf(topic.configs);
  const text = isHuge ? '' : recordText(placeOf(turn), record, type);
  const bytes = into.bytes + text.length + 1;
  into.isTooLarge = isHuge || into.bytes + text.length > deliveryBytesMax;
  const fits = !into.isTooLarge && bytes <= subscription.settings.batchBytesMax;
  if (!fits && into.records.length > 0) {
    into.isTooLarge = false;
    return false;
  }
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
