// The objects that are old enough for a sweep, round by round. Within a prefix keys are in the
// order of their time, so what comes after the first young one is passed over: a busy engine's
// youngest objects are not listed, however many they are.
//
// Sections of the keys are listed side by side, since a page of S3's takes as long as any call.
// Where they begin is left to chance: if there is no time for all, none is always the last.

import { segmentsPrefix } from '../../contract.ts';
import { objectsListMax } from '../../housekeeping-limits.ts';
import { type EpochMillis, type SegmentId, segmentTime } from '../../ids.ts';
import { segmentOfKey } from '../../segment/keys.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { repeatable } from '../retry.ts';

/** Of each its length, in bytes. */
export type OldObjects = Map<SegmentId, number>;

/** Of the last byte of an id. */
const prefixes = 256;
/** A page of each is in memory. */
const sections = 8;
const prefixesPerSection = prefixes / sections;

export type AskedObjects = {
  /** In the time of their ids. */
  readonly before: EpochMillis;
  /** A round ends with the pages that bring it to so many. */
  readonly objectsMax: number;
  /** @default objectsListMax */
  readonly keysPerPage?: number;
};

/** All of them, each once. What has no segment's name is left out.
 * @throws EngineError THROTTLED, UNAVAILABLE */
export async function* oldObjects(
  engine: Engine,
  call: Call,
  asked: AskedObjects,
): AsyncGenerator<OldObjects> {
  const first = Math.floor(engine.chance.fraction() * prefixesPerSection);
  let open = sectionsFrom(first).map((section) => pagesOf(engine, call, { ...asked, ...section }));
  let round: OldObjects = new Map();
  while (open.length > 0) {
    const pages = await inRuns(open, open.length, (section) => section.next());
    for (const { value } of pages) for (const [id, length] of value ?? []) round.set(id, length);
    open = open.filter((_, index) => pages[index]?.done !== true);
    if (round.size < asked.objectsMax) continue;
    yield round;
    round = new Map();
  }
  if (round.size > 0) yield round;
}

type Section = { readonly after: string; readonly to: string | undefined };

/** The last goes around the end: it is of two. */
function sectionsFrom(first: number): readonly Section[] {
  const bounds = Array.from({ length: sections }, (_, index) => {
    const byte = first + index * prefixesPerSection;
    return segmentsPrefix + byte.toString(16).padStart(2, '0');
  });
  return [segmentsPrefix, ...bounds].map((after, index) => ({ after, to: bounds[index] }));
}

type OldObject = readonly [id: SegmentId, length: number];

async function* pagesOf(
  engine: Engine,
  call: Call,
  { after, to, before, keysPerPage: limit = objectsListMax }: AskedObjects & Section,
): AsyncGenerator<readonly OldObject[], undefined> {
  for (let next = after; ; ) {
    const page = { prefix: segmentsPrefix, after: next, limit };
    const objects = await repeatable(engine, call, () => call.objects.list(page));
    const old: OldObject[] = [];
    for (const { key, length } of objects) {
      if (to !== undefined && key > to) break;
      const id = segmentOfKey(key);
      const isOld = id !== undefined && segmentTime(id) < before;
      if (isOld) old.push([id, length]);
      next = id === undefined || isOld ? key : endOfPrefix(key);
    }
    yield old;
    const last = objects.at(-1)?.key;
    if (objects.length < limit || (to !== undefined && last !== undefined && last > to)) return;
  }
}

/** After all keys of its prefix, and before those of the next: `0` comes after the slash. */
function endOfPrefix(key: string): string {
  return `${key.slice(0, key.lastIndexOf('/'))}0`;
}
