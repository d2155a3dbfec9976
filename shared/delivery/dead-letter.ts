// Dead letters: records that were given up, in a topic of the user's choice, with where they were
// and why. Their own key, value and headers stay; what is said of them are headers more, named in
// the manner of Kafka Connect's (KIP-298). Put back, a record is as it was, and says for whom it
// is.

import type { EpochMillis, PartitionName } from '../ids.ts';
import type { LogRecord, RecordHeader, RecordToWrite } from '../record/record.ts';

const prefix = '__sluice.errors.';

/** By which a record that was put back says whose it is alone. */
const redrivenFor = '__sluice.redriven.for';

type Coordinates = PartitionName & { readonly offset: number };

export type Cause = {
  readonly subscription: string;
  /** What tells it from another of its name. */
  readonly subscriptionId: string;
  readonly attempts: number;
  /** Of the last of them, or why there was none. */
  readonly reason: string;
  readonly at: EpochMillis;
};

export type DeadLetter = Coordinates & Cause & { readonly timestamp: number };

export function deadLetterOf(
  record: LogRecord,
  { topic, partition }: PartitionName,
  { subscription, subscriptionId, attempts, reason, at }: Cause,
): RecordToWrite {
  const said: Readonly<Record<keyof DeadLetter, string | number>> = {
    subscription,
    subscriptionId,
    topic,
    partition,
    offset: record.offset,
    timestamp: record.timestamp,
    attempts,
    reason,
    at,
  };
  const more = Object.entries(said).map(([name, value]) => header(prefix + name, String(value)));
  // Of a record that came from here before, what was said then is of no use any more.
  const { key, value } = record;
  return { key, value, headers: [...ownHeaders(record), ...more], timestamp: at };
}

/** A time may be -1: the record has none. */
const numberForm = /^(?:-1|\d{1,16})$/;

/** undefined: it is none; somebody else has written it there. */
export function readDeadLetter(record: LogRecord): DeadLetter | undefined {
  const text = (name: keyof DeadLetter) => textOf(record, prefix + name);
  const number = (name: keyof DeadLetter) => {
    const said = text(name) ?? '';
    return numberForm.test(said) ? Number(said) : Number.NaN;
  };
  const [subscription, subscriptionId] = [text('subscription'), text('subscriptionId')];
  const [topic, reason] = [text('topic'), text('reason')];
  const [partition, offset] = [number('partition'), number('offset')];
  const [timestamp, attempts, at] = [number('timestamp'), number('attempts'), number('at')];
  if (subscription === undefined || subscriptionId === undefined) return undefined;
  if (topic === undefined || reason === undefined) return undefined;
  const numbers = [partition, offset, timestamp, attempts, at];
  if (!numbers.every(Number.isSafeInteger) || partition < 0) return undefined;
  const place = { topic, partition, offset, timestamp };
  return { subscription, subscriptionId, ...place, attempts, reason, at: at as EpochMillis };
}

/** As it was, for that subscription alone; its time is that of putting it back, or what gave it up
 * for its age would do so again. */
export function redriven(record: LogRecord, subscription: string, now: EpochMillis): RecordToWrite {
  const { key, value } = record;
  const headers = [...ownHeaders(record), header(redrivenFor, subscription)];
  return { key, value, headers, timestamp: now };
}

/** Whether it was put back for somebody else. */
export function isForAnother(record: LogRecord, subscription: string): boolean {
  const whose = record.headers.length === 0 ? undefined : textOf(record, redrivenFor);
  return whose !== undefined && whose !== subscription;
}

function ownHeaders({ headers }: LogRecord): readonly RecordHeader[] {
  return headers.filter(({ key }) => !key.startsWith(prefix) && key !== redrivenFor);
}

function header(key: string, value: string): RecordHeader {
  return { key, value: Buffer.from(value) };
}

/** Of the last header of that name. */
function textOf({ headers }: LogRecord, name: string): string | undefined {
  const value = headers.findLast(({ key }) => key === name)?.value;
  return value ? Buffer.from(value).toString() : undefined;
}
