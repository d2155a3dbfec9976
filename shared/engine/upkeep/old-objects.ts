// The objects that are old enough for a sweep, round by round. Within a prefix keys are in the
// order of their time, so what comes after the first young one is passed over: a busy engine's
// youngest objects are not listed, however many they are.

import { segmentsPrefix } from '../../contract.ts';
import { type EpochMillis, type SegmentId, segmentTime } from '../../ids.ts';
import { segmentOfKey } from '../../segment/keys.ts';
import type { Call, Engine } from '../engine.ts';
import { repeatable } from '../retry.ts';

/** Of each its length, in bytes. */
export type OldObjects = Map<SegmentId, number>;

/** What S3 lists at once. */
const keysPerPageMax = 1_000;
/** Of the last byte of an id. */
const prefixes = 256;

export type AskedObjects = {
  /** In the time of their ids. */
  readonly before: EpochMillis;
  /** Of a round. */
  readonly objectsMax: number;
  /** @default keysPerPageMax */
  readonly keysPerPage?: number;
};

/** All of them, as many at once as a round has. Where it begins is left to chance: if there is no
 * time for all, none is always the last. What has no segment's name is left out.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function* oldObjects(
  engine: Engine,
  call: Call,
  asked: AskedObjects,
): AsyncGenerator<OldObjects> {
  let round: OldObjects = new Map();
  for await (const [id, length] of fromAnywhere(engine, call, asked)) {
    round.set(id, length);
    if (round.size < asked.objectsMax) continue;
    yield round;
    round = new Map();
  }
  if (round.size > 0) yield round;
}

type OldObject = readonly [id: SegmentId, length: number];

async function* fromAnywhere(
  engine: Engine,
  call: Call,
  asked: AskedObjects,
): AsyncGenerator<OldObject> {
  const byte = Math.floor(engine.chance.fraction() * prefixes);
  const middle = segmentsPrefix + byte.toString(16).padStart(2, '0');
  yield* listed(engine, call, { ...asked, after: middle });
  yield* listed(engine, call, { ...asked, after: segmentsPrefix, to: middle });
}

type Section = AskedObjects & { readonly after: string; readonly to?: string };

async function* listed(
  engine: Engine,
  call: Call,
  { after, to, before, keysPerPage: limit = keysPerPageMax }: Section,
): AsyncGenerator<OldObject> {
  for (let next = after; ; ) {
    const page = { prefix: segmentsPrefix, after: next, limit };
    const objects = await repeatable(engine, call, () => call.objects.list(page));
    for (const { key, length } of objects) {
      if (to !== undefined && key > to) return;
      const id = segmentOfKey(key);
      const isOld = id !== undefined && segmentTime(id) < before;
      if (isOld) yield [id, length];
      next = id === undefined || isOld ? key : endOfPrefix(key);
    }
    if (objects.length < limit) return;
  }
}

/** After all keys of its prefix, and before those of the next: `0` comes after the slash. */
function endOfPrefix(key: string): string {
  return `${key.slice(0, key.lastIndexOf('/'))}0`;
}
