// What a receiver finds in what it is given: the records of a Kafka event, or of the messages of a
// queue, read without the engine.

import type { QueueMessage } from '../../../shared/ports/targets.ts';
import { readRecord } from '../clients/records.ts';
import type { ReadRecord } from '../history.ts';

/** At least one record, all of one partition. */
export type GivenText = {
  readonly topic: string;
  readonly partition: number;
  readonly place: string;
  readonly records: readonly ReadRecord[];
};

type RecordText = {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly timestamp: number;
  readonly key?: string;
  readonly value?: string;
  readonly headers: readonly Readonly<Record<string, readonly number[]>>[];
};

export function recordsInEvent(text: string): GivenText {
  const { records } = JSON.parse(text) as { records: Record<string, readonly RecordText[]> };
  const [[place, own] = []] = Object.entries(records);
  if (place === undefined || own === undefined) throw new Error('an event without records');
  return given(own, place);
}

export function recordsInMessages(messages: readonly QueueMessage[]): GivenText {
  const own = messages.map(({ body }) => JSON.parse(body) as RecordText);
  return given(own, `${own[0]?.topic}-${own[0]?.partition}`);
}

function given(own: readonly RecordText[], place: string): GivenText {
  const [first] = own;
  if (first === undefined) throw new Error('a delivery without records');
  const { topic, partition } = first;
  return { topic, partition, place, records: own.map(recordIn) };
}

function recordIn({ offset, timestamp, key, value, headers }: RecordText): ReadRecord {
  return readRecord({
    offset,
    timestamp,
    key: bytesOf(key),
    value: bytesOf(value),
    headers: headers.flatMap((header) =>
      Object.entries(header).map(([name, bytes]) => {
        return { key: name, value: Uint8Array.from(bytes) };
      }),
    ),
  });
}

function bytesOf(text: string | undefined): Uint8Array | null {
  return text === undefined ? null : Buffer.from(text, 'base64');
}
