// The records that clients send. No two of a run are alike: each has an id in its value, or in its
// key when it is a tombstone. The bytes around it are whatever bytes may be (I17).

import type { LogRecord } from '../../../shared/record/record.ts';
import type { ReadRecord, SentRecord } from '../history.ts';
import type { SimulatedWorld } from '../world.ts';
import type { Client } from './client.ts';

const idEnd = 0x7c;
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
  const padding = 'x'.repeat(world.pick([0, 0, 5, 60]));
  const named = Buffer.from(`${id}|${padding}`, 'latin1');
  const isTombstone = world.draw(9) === 0;
  const key = isTombstone ? named : world.pick(odd);
  const headers = world.draw(4) === 0 ? [{ key: 'h', value: world.pick(odd) }] : [];
  const value = isTombstone ? null : named;
  const record = { id, key, value, headers };
  // Producers' clocks go their own ways.
  return world.draw(1) === 0 ? record : { ...record, timestamp: 1_000 + world.draw(50) };
}

export function readRecord({ offset, timestamp, key, value, headers }: LogRecord): ReadRecord {
  return { id: idIn(value ?? key), offset, timestamp, key, value, headers };
}

function idIn(bytes: Uint8Array | null): string {
  if (bytes === null) return 'a record without an id';
  const end = bytes.indexOf(idEnd);
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.max(end, 0)).toString('latin1');
}
