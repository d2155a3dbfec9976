// A member's fetch: a poll by a client that keeps its own positions. It says which partitions it is
// at work on and from where each is to be read, and is given whole batches. Nothing of it is kept
// but the session and the leases, so a fetch that finds all as it was writes one item.
//
// - Nothing that the client names is taken from it: what the group gives to another is told as
//   revoked until the client names it no longer. So it can finish and commit before it gives up.
// - It names a partition by the generation in which it was taken, too. Taken again since, it may
//   have been another's in between, and what the client knows of it counts no more.
// - What it holds and does not name it is told, and given from what is committed.
// - What it names and does not hold it has lost: it is not told.
//
// Whenever what it holds is not what it named, or something is revoked, it is answered at once.

import { EngineError } from '../../errors.ts';
import { type Holding, isSamePartition, nowhere } from '../../group/holdings.ts';
import { commitIn, type Lease } from '../../group/lease.ts';
import { isSubscribed, type Member } from '../../group/member.ts';
import type { EpochMillis, PartitionName } from '../../ids.ts';
import { replyBytesMax } from '../../limits.ts';
import type { Call, Engine } from '../engine.ts';
import { recordCountOf, type StoredBatch } from '../ranges.ts';
import { asDefinite } from '../retry.ts';
import { attendPoll } from './attend.ts';
import { meetTopics } from './change-group.ts';
import { type Fetched, fetchHoldings, noteFetched, type PartitionRead } from './fetch-holdings.ts';
import { interruptionOf, type Prepared, prepareMember } from './prepare-member.ts';
import { type InstanceName, leasesOf } from './read-group.ts';
import { takeBatches } from './take-batches.ts';

export type MemberFetch = InstanceName & {
  /** In the order in which they are to be served; one that has no offset is kept, and not read. */
  readonly named: readonly NamedPartition[];
  readonly waitMillis: number;
  /** A first batch that is larger is still given. */
  readonly bytesMax: number;
  /** As a poll's. @default all may be read */
  readonly mayRead?: (topic: string, isNamed: boolean) => boolean;
};

export type NamedPartition = PartitionName & {
  /** As it was told. */
  readonly takenIn: number;
  readonly offset?: number | undefined;
};

export type MemberFetched = {
  /** Of the group, for a transaction that takes what is given. */
  readonly generation: number;
  readonly held: readonly HeldPartition[];
  /** Those that were looked at; of those that are named only what is new, if the reply would be
   * larger than may be sent otherwise. */
  readonly partitions: readonly FetchedPartition[];
};

export type HeldPartition = PartitionName & {
  /** The generation in which it was taken; 0: assigned by hand. */
  readonly takenIn: number;
  readonly isRevoked: boolean;
};

export type FetchedPartition = PartitionName & {
  /** Where reading began: as named, or committed, or as the instance's reset policy says. */
  readonly offset: number;
  readonly nextOffset: number;
  readonly logStart: number;
  readonly highWatermark: number;
  /** Of what was not named: what the group has committed; undefined: nothing, so that a reset
   * policy has said where reading began. */
  readonly committed: number | undefined;
  /** With their offsets; the first may begin before `offset`. */
  readonly batches: readonly StoredBatch[];
};

/** At most what a partition takes of the line before the batches, beside its topic's name, which
 * stands there twice. */
const placeBytes = 350;

/** Milliseconds that a fetch keeps of its time to be answered. */
const answerMillis = 500;

/** @throws EngineError UNKNOWN_INSTANCE, ILLEGAL_STATE, OFFSET_OUT_OF_RANGE, DAMAGED, THROTTLED,
 *   UNAVAILABLE; of `mayRead` */
export async function memberFetch(
  engine: Engine,
  call: Call,
  request: MemberFetch,
): Promise<MemberFetched> {
  const until = engine.clock.now() + request.waitMillis;
  for (;;) {
    const fetched = await fetchOnce(engine, call, request, until);
    if (fetched !== 'interrupted') return fetched;
  }
}

async function fetchOnce(
  engine: Engine,
  call: Call,
  { named, waitMillis, bytesMax, mayRead = () => true, ...name }: MemberFetch,
  until: number,
): Promise<MemberFetched | 'interrupted'> {
  const byName = new Map(named.map((place, turn) => [tenureOf(place), { ...place, turn }]));
  const attendance = await attendPoll(engine, call, name, () => waitMillis);
  const isAtWork = ({ topic, id: { partition }, takenIn }: Lease) =>
    byName.has(tenureOf({ topic, partition, takenIn }));
  const prepared = await prepareMember(engine, call, attendance, isAtWork).catch(asDefinite);
  if (prepared === 'collided') {
    throw new EngineError('UNAVAILABLE', 'others use the same instance; try again');
  }
  const { revoked } = prepared;
  const isStaleNews = (holding: Holding) =>
    !byName.has(tenureOf(holding)) &&
    attendance.member.holdings.some((one) => isSame(one, holding));
  const member = await withCommits(engine, call, prepared, isStaleNews);
  const isNamed = member.subscription.kind !== 'pattern';
  const wanted = member.holdings
    .filter((holding) => !revoked.some((one) => isSamePartition(one, holding)))
    .filter(({ topic }) => mayRead(topic, isNamed))
    .map((holding) => ({ holding, place: byName.get(tenureOf(holding)) }))
    .filter(({ place }) => place === undefined || place.offset !== undefined)
    .sort((one, other) => turnOf(one) - turnOf(other));
  const waitsUntil = isAsNamed(prepared, byName) ? until : engine.clock.now();
  const fetched = await fetchHoldings(engine, call, {
    holdings: wanted.map(({ holding, place }) => {
      return { ...holding, position: place?.offset ?? holding.position };
    }),
    settings: member.settings,
    turn: 0,
    until: Math.min(waitsUntil, call.deadline - answerMillis) as EpochMillis,
    bytesMax: Math.min(bytesMax, roomBeside(member.holdings)),
    take: takeBatches,
    interruption: interruptionOf(engine, call, prepared),
  });
  if (fetched.end === 'interrupted') return fetched.end;
  if (fetched.end === 'gone' && isSubscribed(member)) await meetTopics(engine, call, name.group);
  const records = recordCountOf(fetched.given.flatMap(({ batches }) => batches));
  noteFetched(engine, call, { ...fetched, records });
  return answerOf({ ...prepared, member }, byName, fetched);
}

/** What the instance has had for some time, and its client has just let go or not heard of: how far
 * that is committed it knows only as of then. */
async function withCommits(
  engine: Engine,
  call: Call,
  { group, member }: Prepared,
  isStaleNews: (holding: Holding) => boolean,
): Promise<Member> {
  if (!member.holdings.some(isStaleNews)) return member;
  const leases = await leasesOf(engine, call, group.name);
  const holdings = member.holdings.map((holding) => {
    const lease = leases.find(({ id }) => isSamePartition(id, holding));
    const committed = commitIn(lease, group.life)?.offset;
    if (committed === undefined || !isStaleNews(holding)) return holding;
    return { ...holding, committed, position: committed };
  });
  return { ...member, holdings };
}

/** Lambda sends what is no text as base64, and a line that names thousands of partitions takes a
 * good part of what it may send. One batch is given all the same; the line is shorter then. */
function roomBeside(holdings: readonly Holding[]): number {
  const bytes = holdings.map(({ topic }) => 2 * topic.length + placeBytes);
  return Math.max(1, (replyBytesMax * 3) / 4 - bytes.reduce((sum, more) => sum + more, 0));
}

function isSame(one: Holding, other: Holding): boolean {
  return isSamePartition(one, other) && one.fence === other.fence;
}

/** News comes last. */
function turnOf({ place }: { readonly place: { readonly turn: number } | undefined }): number {
  return place?.turn ?? Number.POSITIVE_INFINITY;
}

function isAsNamed(
  { member, revoked }: { readonly member: Member; readonly revoked: readonly Holding[] },
  byName: ReadonlyMap<string, unknown>,
): boolean {
  const { holdings } = member;
  const isKnown = (holding: Holding) => byName.has(tenureOf(holding));
  return revoked.length === 0 && holdings.length === byName.size && holdings.every(isKnown);
}

/** An instance takes a partition at most once in a generation. */
function tenureOf({
  topic,
  partition,
  takenIn,
}: PartitionName & { readonly takenIn: number }): string {
  return `${topic}-${partition} ${takenIn}`;
}

function answerOf(
  { member, generation, revoked }: Prepared,
  byName: ReadonlyMap<string, NamedPartition>,
  { looks, given, bytes }: Fetched<PartitionRead>,
): MemberFetched {
  const held = member.holdings.map((holding) => {
    const { topic, partition, takenIn } = holding;
    return {
      topic,
      partition,
      takenIn,
      isRevoked: revoked.some((one) => isSamePartition(one, holding)),
    };
  });
  const mustBeShort = bytes > roomBeside(member.holdings);
  const isAllNamed = looks.every(({ holding }) => byName.has(tenureOf(holding)));
  const partitions = looks.flatMap(({ holding, head }) => {
    if (head === undefined) return [];
    const { topic, partition, position: offset } = holding;
    const named = byName.get(tenureOf(holding));
    const isNews = named === undefined;
    // Where news begins must be told, so then the batch waits until all is named.
    const mayGive = !mustBeShort || isAllNamed;
    const read = given.find((one) => mayGive && isSamePartition(one.holding, holding));
    if (mustBeShort && read === undefined && named?.offset === offset) return [];
    const { logStart, nextOffset: highWatermark } = head;
    return {
      ...{ topic, partition, offset, logStart, highWatermark },
      nextOffset: read?.nextOffset ?? offset,
      committed: isNews && holding.committed !== nowhere ? holding.committed : undefined,
      batches: read?.batches ?? [],
    };
  });
  return { generation, held, partitions };
}
