// What was seen of one partition while it was stored: every append, and what housekeeping has made
// of them since.

import type { EpochMillis, PartitionId } from '../../../shared/ids.ts';
import type { Ref } from '../../../shared/log/ref.ts';

/** One ref, as it was appended to a head. */
export type WatchedAppend = {
  readonly ref: Ref;
  readonly packed: Uint8Array;
  readonly baseOffset: number;
  readonly event: number;
};

/** The log start was raised. */
export type WatchedStart = {
  readonly from: number;
  readonly to: number;
  readonly event: number;
  /** The true time. */
  readonly at: EpochMillis;
  /** Where the log ended. */
  readonly endOffset: number;
  /** The greatest time of what it passed, and was in the log yet; -1: nothing. */
  readonly latest: number;
  /** Of all refs that lie wholly above it, at their most. */
  readonly bytesLeft: number;
  /** A ref ended there. */
  readonly isWhole: boolean;
};

/** A chunk got one ref in the place of all of its. */
export type WatchedRewrite = {
  readonly baseOffset: number;
  readonly endOffset: number;
  readonly event: number;
};

/** A record that no chunk holds any more. */
export type WatchedLeaving = {
  readonly event: number;
  /** The true time. */
  readonly at: EpochMillis;
  /** 'superseded': a later one has its key. 'expired': a tombstone whose time was over. */
  readonly why: 'superseded' | 'expired';
};

export type WatchedHorizon = {
  /** Of the object that says so, by the clock of who made it. */
  readonly madeAt: EpochMillis;
  /** The true time at which that was swapped in. */
  readonly at: EpochMillis;
};

export type WatchedPartition = {
  readonly id: PartitionId;
  readonly topic: string;
  /** Of its topic, as they were first. */
  readonly configs: ReadonlyMap<string, string>;
  readonly appends: WatchedAppend[];
  endOffset: number;
  /** When its topic was named first, and when its head was deleted first. */
  readonly named: number;
  gone: number;
  readonly starts: WatchedStart[];
  readonly rewrites: WatchedRewrite[];
  /** By offset. */
  readonly leavings: Map<number, WatchedLeaving>;
  /** By the offset of a tombstone: the first rewrite that said when it may go. */
  readonly horizons: Map<number, WatchedHorizon>;
};
