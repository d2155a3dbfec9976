// What an instance's partitions hold from its positions on. Their heads are read, each once a look;
// those that have something are read, several at once, in turns, so that none starves; while none
// has, the instance waits for any of them.

import { EngineError } from '../../errors.ts';
import { type Holding, isSamePartition, nowhere } from '../../group/holdings.ts';
import type { MemberSettings } from '../../group/member.ts';
import type { EpochMillis } from '../../ids.ts';
import { groupLookMillis, polledPartitionsMax } from '../../limits.ts';
import type { Head } from '../../log/head.ts';
import { partitionPk } from '../../store/items.ts';
import type { Watch } from '../arrivals.ts';
import type { Call, Engine } from '../engine.ts';
import { fetchRecordsBelowEnd } from '../fetch.ts';
import { headIfThere } from '../heads.ts';
import { inRuns } from '../in-runs.ts';
import type { StoredBatch } from '../ranges.ts';

/** What was read of one partition. */
export type PartitionRead = {
  /** Its position is where reading began. */
  readonly holding: Holding;
  /** The first may begin before the position. */
  readonly batches: readonly StoredBatch[];
  readonly nextOffset: number;
  /** One partition that cannot be read keeps no other from being read. */
  readonly error?: EngineError;
};

/** Makes of what was read what a reply is made of, as much of it as it may hold. */
export type Take<Given> = (
  reads: readonly PartitionRead[],
  /** A first one that is larger is still given. */
  bytesMax: number,
) => Taken<Given>;

export type Taken<Given> = {
  readonly given: readonly Given[];
  /** Of what is given. */
  readonly bytes: number;
  /** Milliseconds since 1970, of the oldest record that is given; Infinity: none says it. */
  readonly oldest: number;
  /** Those of which something is given, or passed over, moved on. */
  readonly moved: readonly Holding[];
};

export type HoldingsToFetch<Given> = {
  readonly holdings: readonly Holding[];
  readonly settings: MemberSettings;
  /** Which of them is served first. */
  readonly turn: number;
  readonly bytesMax: number;
  readonly until: EpochMillis;
  readonly take: Take<Given>;
  /** Also ends the wait, and is asked about now and then. */
  readonly interruption: Interruption;
};

export type Interruption = {
  readonly watched: string;
  /** A topic that is gone ends it too: the group must have another target. */
  readonly byGoneTopics: boolean;
  readonly hasCome: () => Promise<boolean>;
};

export type Fetched<Given> = Omit<Taken<Given>, 'moved'> & {
  /** Records behind those that were read. */
  readonly left: number;
  /** All of them, those that were read moved on. */
  readonly holdings: readonly Holding[];
  /** All of them, as they were looked at last. */
  readonly looks: readonly Look[];
  readonly turn: number;
  /** 'gone': some of them are of a topic that was deleted. 'interrupted': before there was
   * anything. */
  readonly end: 'read' | 'gone' | 'interrupted';
};

/** @throws EngineError OFFSET_OUT_OF_RANGE, ILLEGAL_STATE: where to begin is not known, and the
 *   instance does not say; FORMAT_MISMATCH, DAMAGED, THROTTLED, UNAVAILABLE */
export async function fetchHoldings<Given>(
  engine: Engine,
  call: Call,
  wanted: HoldingsToFetch<Given>,
): Promise<Fetched<Given>> {
  const { settings, turn, interruption } = wanted;
  const watched = [interruption.watched, ...wanted.holdings.map(partitionPk)];
  let { holdings } = wanted;
  let askedAt = engine.clock.now();
  for (;;) {
    const watches = watched.map((pk) => engine.arrivals.watch(pk));
    try {
      const looks = await lookAt(engine, call, holdings, settings);
      holdings = looks.map(({ holding }) => holding);
      const areGone = looks.some(({ head }) => head === undefined);
      const read = await readLooks(engine, call, wanted, looks);
      const isEnough = read.bytes >= settings.bytesMin || read.isMore;
      const left = Math.min(wanted.until, call.deadline) - engine.clock.now();
      const mustEnd = areGone && interruption.byGoneTopics;
      if ((isEnough && read.given.length > 0) || left <= 0 || engine.arrivals.ended || mustEnd) {
        const end = areGone ? 'gone' : 'read';
        return { ...read, looks, end, turn: read.given.length === 0 ? turn : turn + 1 };
      }
      // Past what compaction has left nothing of, and on at once if something comes after it.
      if (read.given.length === 0) holdings = read.holdings;
      if (read.given.length > 0 || !read.isMore) await pauseFor(engine, call, left, watches);
      // There is no time for another look.
      const none = { ...nothing, holdings, looks, turn };
      if (engine.clock.now() >= call.deadline) return { ...none, end: 'read' };
      if (mayAsk(engine, askedAt, watches[0])) {
        askedAt = engine.clock.now();
        if (await interruption.hasCome()) return { ...none, end: 'interrupted' };
      }
    } finally {
      for (const watch of watches) watch.close();
    }
  }
}

/** What is given, for whoever tells of the request. */
export function noteFetched(
  { clock }: Engine,
  { tally }: Call,
  {
    records,
    bytes,
    oldest,
    left,
  }: Pick<Fetched<unknown>, 'bytes' | 'oldest' | 'left'> & { readonly records: number },
): void {
  tally.consumedMessages += records;
  tally.bytes += bytes;
  tally.lag = left;
  if (Number.isFinite(oldest)) tally.ageMillis = Math.max(0, clock.now() - oldest);
}

const nothing = { given: [], bytes: 0, oldest: Number.POSITIVE_INFINITY, left: 0 };

async function pauseFor(
  { clock, settings }: Engine,
  { tally }: Call,
  left: number,
  watches: readonly Watch[],
): Promise<void> {
  const pause = Math.min(left, settings.headPollMillis ?? left);
  const pausedAt = clock.now();
  await clock.sleep(pause, Promise.race(watches.map(({ arrived }) => arrived)));
  tally.waitedMillis += clock.now() - pausedAt;
}

/** Each time costs a read. A process that hears of everything asks when it has heard. */
function mayAsk({ clock, settings }: Engine, askedAt: EpochMillis, watch?: Watch): boolean {
  if (settings.headPollMillis === undefined) return watch?.hasArrived() ?? false;
  return clock.now() - askedAt >= groupLookMillis || (watch?.hasArrived() ?? false);
}

/** A partition as it is now, and where reading it begins. @param head undefined: it is gone. */
export type Look = { readonly holding: Holding; readonly head: Head | undefined };

const headReadsInFlightMax = 64;

async function lookAt(
  engine: Engine,
  call: Call,
  holdings: readonly Holding[],
  { reset }: MemberSettings,
): Promise<readonly Look[]> {
  return inRuns(holdings, headReadsInFlightMax, async (holding) => {
    const head = await headIfThere(engine, call, holding);
    return { head, holding: head === undefined ? holding : placed(holding, head, reset) };
  });
}

/** Where reading begins when nothing is committed, or what was there is not there any more. Where
 * it begins by itself counts as delivered: an instance that commits of itself commits it, and so
 * nothing that comes between is passed over by whoever has the partition next.
 * @throws EngineError as fetchHoldings does */
function placed(
  holding: Holding,
  { logStart, nextOffset }: Head,
  reset: MemberSettings['reset'],
): Holding {
  const { topic, partition, position } = holding;
  if (position >= logStart && position <= nextOffset) return holding;
  if (reset !== 'none') {
    const begin = reset === 'earliest' ? logStart : nextOffset;
    return { ...holding, position: begin, delivered: begin };
  }
  const place = `${topic}-${partition}`;
  if (position === nowhere) {
    const message = `nothing is committed of ${place}, and auto.offset.reset is none`;
    throw new EngineError('ILLEGAL_STATE', message, { field: 'auto.offset.reset' });
  }
  const message = `offset ${position} of ${place} is out of range: ${logStart} to ${nextOffset}`;
  const detail = { field: 'offset', logStart, highWatermark: nextOffset };
  throw new EngineError('OFFSET_OUT_OF_RANGE', message, detail);
}

type Read<Given> = Omit<Fetched<Given>, 'looks' | 'turn' | 'end'> & {
  /** Something is there that was not read: waiting brings no more of it. */
  readonly isMore: boolean;
};

async function readLooks<Given>(
  engine: Engine,
  call: Call,
  { turn, bytesMax, take }: HoldingsToFetch<Given>,
  looks: readonly Look[],
): Promise<Read<Given>> {
  const full = looks.filter(({ holding, head }) => holding.position < (head?.nextOffset ?? -1));
  const first = full.length === 0 ? 0 : turn % full.length;
  const turned = [...full.slice(first), ...full.slice(0, first)].slice(0, polledPartitionsMax);
  const share = Math.ceil(bytesMax / Math.max(turned.length, 1));
  const reads = await Promise.all(turned.map((look) => readLook(engine, call, look, share)));
  const { moved, ...taken } = take(reads, bytesMax);
  const holdings = looks.map(({ holding }) => {
    return moved.find((one) => isSamePartition(one, holding)) ?? holding;
  });
  const left = looks.reduce((sum, { head }, at) => {
    return sum + Math.max(0, (head?.nextOffset ?? 0) - (holdings[at] as Holding).position);
  }, 0);
  return { ...taken, holdings, left, isMore: left > 0 };
}

async function readLook(
  engine: Engine,
  call: Call,
  { holding, head }: Look,
  maxBytes: number,
): Promise<PartitionRead> {
  const { topicId, partition, position } = holding;
  const below = { id: { topicId, partition }, head: head as Head };
  try {
    const wanted = { offset: position, maxBytes };
    const { batches, nextOffset } = await fetchRecordsBelowEnd(engine, call, wanted, below);
    return { holding, batches, nextOffset };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    const nothing = { holding, batches: [], nextOffset: position };
    // It was deleted, or its first records were: the next look says so.
    const isPast = error.code === 'UNKNOWN_PARTITION' || error.code === 'OFFSET_OUT_OF_RANGE';
    return isPast ? nothing : { ...nothing, error };
  }
}
