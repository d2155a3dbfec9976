// What a member's next fetch names, and when it is sent. The fetch is all that the group hears of
// the member, so one goes out before its session could be over, whatever it is at work on.
//
// - What it holds it names, or it gives it up. With an offset, if more of it is wanted.
// - It waits for records only if all that is not paused is wanted: a buffer that is full could be
//   emptied meanwhile. While something is revoked the engine does not wait either.
// - What is not waited for is asked about in pauses that grow until something changes, so that
//   nothing makes it ask without a rest.

import type { HeldPartition } from './held-partition.ts';
import type { ConsumerSettings } from './options.ts';

export type NamedPartition = {
  readonly held: HeldPartition;
  /** undefined: it is kept, and not read. */
  readonly offset: number | undefined;
};

export type PlannedFetch = {
  readonly kind: 'fetch';
  readonly named: readonly NamedPartition[];
  /** Of all that is held, also of what is not named: the engine may give something of it. */
  readonly turns: ReadonlyMap<HeldPartition, number>;
  readonly waitMillis: number;
  readonly bytesMax: number;
};

export type FetchPlan = PlannedFetch | { readonly kind: 'rest'; readonly millis: number };

export type FetchPace = {
  /** When the last one was answered. */
  readonly fetchedAt: number;
  /** How many in a row have brought nothing, changed nothing, and not waited. */
  readonly fruitless: number;
  /** Whether something is not held any more that it named. */
  readonly hasGivenUp: boolean;
};

type Held = {
  readonly all: Iterable<HeldPartition>;
  readonly isPaused: (held: HeldPartition) => boolean;
};

/** Between two fetches that do not wait, if the first one brought nothing. */
export const restMillisMin = 250;
/** How often the engine is asked again where a partition begins. */
export const placeAgainMillis = 30_000;

/** @param pace undefined: it is the first, and answered at once: nobody knows what there is. */
export function planFetch(
  { all, isPaused }: Held,
  settings: ConsumerSettings,
  pace: FetchPace | undefined,
  now: number,
): FetchPlan {
  const held = [...all];
  const { open, wanted } = wantedOf(held, isPaused, settings);
  const isRevoking = held.some(({ isRevoked }) => isRevoked);
  const hasWhatItWants = wanted.size > 0 || held.length === 0;
  const mayWait = hasWhatItWants && wanted.size === open.length && !isRevoking;
  const mustAsk = pace === undefined || pace.hasGivenUp || hasUnasked(wanted);
  if (!mustAsk) {
    const due =
      pace.fetchedAt + restMillis(settings, pace, { mayWait, isWanting: wanted.size > 0 });
    // Before the last one: the clock was set back.
    if (due > now && pace.fetchedAt <= now) return { kind: 'rest', millis: due - now };
  }
  const named = held
    .filter((one) => one.isPlaced || now - one.placedAt < placeAgainMillis)
    .sort((one, other) => one.bufferedBytes - other.bufferedBytes)
    .map((one): NamedPartition => {
      return { held: one, offset: wanted.has(one) ? one.position : undefined };
    });
  const bufferedBytes = held.reduce((sum, one) => sum + one.bufferedBytes, 0);
  return {
    kind: 'fetch',
    named,
    turns: new Map(held.map((one) => [one, one.turn])),
    waitMillis: mayWait && pace !== undefined ? settings.waitMillis : 0,
    bytesMax: Math.max(1, Math.min(settings.bytesMax, settings.bufferBytes - bufferedBytes)),
  };
}

/** Whether a fetch that is under way leaves out what is wanted by now. */
export function leavesOut({ all, isPaused }: Held, settings: ConsumerSettings): boolean {
  return hasUnasked(wantedOf([...all], isPaused, settings).wanted);
}

/** Each may fill its share of the buffer. So who has nothing is given something, however slowly the
 * others are worked on. */
function wantedOf(
  held: readonly HeldPartition[],
  isPaused: Held['isPaused'],
  { bufferBytes }: ConsumerSettings,
) {
  const open = held.filter((one) => one.isPlaced && !one.isRevoked && !isPaused(one));
  const share = Math.max(1, bufferBytes / Math.max(1, open.length));
  return { open, wanted: new Set(open.filter((one) => one.bufferedBytes < share)) };
}

function hasUnasked(wanted: ReadonlySet<HeldPartition>): boolean {
  return [...wanted].some(({ isAskedFor }) => !isAskedFor);
}

/** Also before one that waits, if the last one should have waited and has not. */
function restMillis(
  { heartbeatMillis }: ConsumerSettings,
  { fruitless }: FetchPace,
  { mayWait, isWanting }: { readonly mayWait: boolean; readonly isWanting: boolean },
): number {
  if (!mayWait && !isWanting) return heartbeatMillis;
  if (fruitless === 0) return 0;
  return Math.min(heartbeatMillis, restMillisMin * 2 ** (fruitless - 1));
}
