// The records that clients send. No two of a run are alike: each has an id in its value or, when it
// is a tombstone, in its key or a header. The bytes around it are whatever bytes may be (I17).

import type { LogRecord } from '../../../shared/record/record.ts';
import type { ReadRecord, SentRecord } from '../history.ts';
import type { SimulatedWorld } from '../world.ts';
import type { Client } from './client.ts';

const idEnd = 0x7c;
const idHeader = 'id';
const odd: readonly (Uint8Array | null)[] = [
  null,
  new Uint8Array(0),
  Uint8Array.of(0),
  Uint8Array.of(0xff, 0xfe, 0xc0),
];

export type RecordSource = () => SentRecord;

/** Draws records of one client, numbered. */
export function recordSource({ world, name }: Client): RecordSource {
  let drawn = 0;
  return () => drawRecord(world, `${name}.${drawn++}`);
}

function drawRecord(world: SimulatedWorld, id: string): SentRecord {
  const { upkeep } = world.knobs;
  if (upkeep?.keys !== undefined) return drawKeyed(world, upkeep.keys, id);
  const padding = 'x'.repeat(world.pick([0, 0, 5, 60]));
  const named = Buffer.from(`${id}|${padding}`, 'latin1');
  const isTombstone = world.draw(9) === 0;
  const key = isTombstone ? named : world.pick(odd);
  const headers = world.draw(4) === 0 ? [{ key: 'h', value: world.pick(odd) }] : [];
  const value = isTombstone ? null : named;
  const record = { id, key, value, headers };
  // Producers' clocks go their own ways.
  return world.draw(1) === 0 ? record : { ...record, timestamp: drawTimestamp(world) };
}

/** Of a topic that is compacted: one of few keys. A tombstone has its id in a header. */
function drawKeyed(world: SimulatedWorld, keys: number, id: string): SentRecord {
  const key = Buffer.from(`k${world.draw(keys - 1)}`, 'latin1');
  const isTombstone = world.draw(3) === 0;
  const value = isTombstone ? null : Buffer.from(`${id}|`, 'latin1');
  const headers = isTombstone ? [{ key: idHeader, value: Buffer.from(id, 'latin1') }] : [];
  const record = { id, key, value, headers };
  return world.draw(3) > 0 ? record : { ...record, timestamp: drawTimestamp(world) };
}

/** Any time that producers may say: long ago, or about now. */
export function drawTimestamp(world: SimulatedWorld): number {
  const isLongAgo = world.knobs.upkeep === undefined || world.draw(1) === 0;
  return isLongAgo ? 1_000 + world.draw(50) : world.time.now() - world.draw(20_000);
}

export function readRecord({ offset, timestamp, key, value, headers }: LogRecord): ReadRecord {
  const named = headers.find((header) => header.key === idHeader)?.value;
  const id = idIn(value ?? named ?? key) + copyMark(headers, timestamp);
  return { id, offset, timestamp, key, value, headers };
}

const deadLetterMark = '^';
const redrivenMark = '~';

/** What the engine itself made of a record is no record that somebody sent: it says for whom it was
 * made, and when. */
function copyMark(headers: LogRecord['headers'], timestamp: number): string {
  for (const { key, value } of headers) {
    const whose = `${Buffer.from(value ?? '')}@${timestamp}`;
    if (key === '__sluice.errors.subscription') return deadLetterMark + whose;
    if (key === '__sluice.redriven.for') return redrivenMark + whose;
  }
  return '';
}

const copy = /[\^~].*/;

/** A dead letter, or one that was put back. */
export function isCopy(id: string): boolean {
  return copy.test(id);
}

export function isPutBack(id: string): boolean {
  return id.includes(redrivenMark);
}

/** Of what somebody sent. */
export function originalOf(id: string): string {
  return id.replace(copy, '');
}

function idIn(bytes: Uint8Array | null): string {
  if (bytes === null) return 'a record without an id';
  const end = bytes.indexOf(idEnd);
  const length = end < 0 ? bytes.length : end;
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
}
