// What a member holds, and what becomes of it: the core of a consumer. It decides what the next
// fetch names, which partition is worked on next, and what is to be committed and given up when.
// Everything it learns it is told by calls, none of which waits.
//
// - A partition is in one pair of hands at a time, by its name: also when it was lost and has come
//   again while a handler is still at work on what it had of it before.
// - What is revoked is not begun any more. It is named until what was begun is done and committed,
//   or its time is over; then it is named no longer, and so given up.
// - What is lost is dropped with all that is known of it. Nothing of it is committed.

import type { TopicPartition } from '../topic-partition.ts';
import {
  type CommitPlan,
  type CommitSettings,
  type OffsetToCommit,
  planCommit,
} from './commit-plan.ts';
import {
  type FetchPace,
  type FetchPlan,
  leavesOut,
  type PlannedFetch,
  planFetch,
  restMillisMin,
} from './fetch-plan.ts';
import { batchesOf } from './fetched-batches.ts';
import { HeldPartition, nowhere, Turn } from './held-partition.ts';
import type { FetchedPart, MemberReply } from './member.ts';
import type { ConsumerSettings } from './options.ts';
import type { PausedPartitions } from './paused-partitions.ts';

export type AssignmentSettings = ConsumerSettings &
  CommitSettings & {
    /** Whether it begins at the end of what nothing is committed of. */
    readonly beginsAtEnd: boolean;
  };

/** What a fetch has changed. */
export type FetchChange = {
  readonly taken: readonly HeldPartition[];
  readonly revoked: readonly HeldPartition[];
  readonly lost: readonly HeldPartition[];
  /** Partitions that records came of. */
  readonly filled: number;
};

/** For a commit, once the time to give a partition up is over. */
const lastCommitMillis = 5_000;

export class Assignment {
  readonly #settings: AssignmentSettings;
  readonly #paused: PausedPartitions;
  readonly #held = new Map<string, HeldPartition>();
  /** Those that messages may be had of, whoever has waited longest first. */
  readonly #ready = new Set<HeldPartition>();
  /** By name: a handler has something of them, as they were held when it began. */
  readonly #busy = new Map<string, HeldPartition>();
  #fetchPace: FetchPace | undefined;
  #committedAt: number;
  #messagesDone = 0;
  #generation = -1;
  #isClosing = false;

  constructor(settings: AssignmentSettings, paused: PausedPartitions, now: number) {
    this.#settings = settings;
    this.#paused = paused;
    this.#committedAt = now;
  }

  get generation(): number {
    return this.#generation;
  }

  get held(): readonly HeldPartition[] {
    return [...this.#held.values()];
  }

  find(place: TopicPartition): HeldPartition | undefined {
    return this.#held.get(nameOf(place));
  }

  /** @returns undefined also while a handler is at work on what it had before that was lost. */
  findAtWork(place: TopicPartition): HeldPartition | undefined {
    const held = this.find(place);
    return (this.#busy.get(nameOf(place)) ?? held) === held ? held : undefined;
  }

  planFetch(now: number): FetchPlan {
    const plan = planFetch(this.#view(), this.#settings, this.#fetchPace, now);
    if (plan.kind === 'rest') return plan;
    const named = new Set(plan.named.map(({ held }) => held));
    for (const held of this.#held.values()) if (!named.has(held)) held.placedAt = now;
    for (const { held, offset } of plan.named) held.isAskedFor = offset !== undefined;
    if (this.#fetchPace !== undefined) this.#fetchPace = { ...this.#fetchPace, hasGivenUp: false };
    return plan;
  }

  /** Whether a fetch that waits had better be sent anew. */
  waitsInVain(): boolean {
    return this.#fetchPace?.hasGivenUp === true || leavesOut(this.#view(), this.#settings);
  }

  /** The engine has answered what was asked at `began`. @throws SluiceError of what is no batch. */
  fetched(asked: PlannedFetch, reply: MemberReply, began: number, now: number): FetchChange {
    const named = new Set(asked.named.map(({ held }) => held));
    const told = new Map(reply.held.map((one) => [nameOf(one), one]));
    // What it named and does not have any more it has given up meanwhile.
    const isGivenUp = new Set(
      asked.named.flatMap(({ held }) => (held.isLost ? tenureOf(held) : [])),
    );
    this.#generation = reply.generation;
    const lost = this.held.filter((held) => told.get(nameOf(held))?.generation !== held.takenIn);
    for (const held of lost) this.#drop(held);
    const taken: HeldPartition[] = [];
    const revoked: HeldPartition[] = [];
    for (const { generation, revoked: isRevoked = false, ...where } of told.values()) {
      const place = { ...where, takenIn: generation };
      if (isGivenUp.has(tenureOf(place))) continue;
      const held = this.#held.get(nameOf(place)) ?? this.#take(place);
      if (!named.has(held)) taken.push(held);
      if (this.#revoke(held, isRevoked, now)) revoked.push(held);
    }
    const filled = reply.partitions.filter((part) => {
      const held = this.#held.get(nameOf(part));
      if (held === undefined || held.isRevoked) return false;
      // What was asked before it was told to seek is of no use.
      return (asked.turns.get(held) ?? held.turn) === held.turn && this.#fill(held, part);
    }).length;
    const isFruitful = filled + taken.length + revoked.length + lost.length > 0;
    const hasWaited =
      asked.waitMillis > 0 && now - began >= Math.min(asked.waitMillis, restMillisMin);
    const { fruitless = 0, hasGivenUp = false } = this.#fetchPace ?? {};
    this.#fetchPace = {
      fetchedAt: now,
      fruitless: isFruitful || hasWaited ? 0 : fruitless + 1,
      hasGivenUp,
    };
    return { taken, revoked, lost, filled };
  }

  /** The member is none any more: nothing is held, and nothing is known. */
  loseAll(): void {
    for (const held of this.#held.values()) this.#drop(held);
    this.#fetchPace = undefined;
    this.#generation = -1;
  }

  lose(held: HeldPartition): void {
    if (held.isLost) return;
    this.#drop(held);
    this.#noteGivenUp();
  }

  /** The next to be worked on, which nobody else is at work on. It must be put back. */
  takeTurn(): Turn | undefined {
    for (const held of this.#ready) {
      if (!held.hasMessages) this.#ready.delete(held);
      else if (!this.#isClosed(held) && !this.#busy.has(nameOf(held))) {
        this.#ready.delete(held);
        this.#busy.set(nameOf(held), held);
        return new Turn(held);
      }
    }
    return undefined;
  }

  putBack(turn: Turn): void {
    const { held } = turn;
    this.#busy.delete(nameOf(held));
    if (!turn.isStale) held.putBack();
    if (held.hasMessages && !held.isLost) this.#ready.add(held);
  }

  /** Whether nothing more of it is to be begun. */
  isOver(turn: Turn): boolean {
    return turn.isStale || this.#isClosed(turn.held);
  }

  /** @returns whether so many are done that a commit is due. */
  noteDone(messages: number): boolean {
    this.#messagesDone += messages;
    return this.#messagesDone >= this.#settings.commitMessages;
  }

  planCommit(now: number): CommitPlan {
    const isLeaving = (held: HeldPartition) => this.#isLeaving(held, now);
    const pace = { committedAt: this.#committedAt, messages: this.#messagesDone };
    return planCommit(this.held, isLeaving, this.#settings, pace, now);
  }

  /** A commit has ended. @param isAll of all that was done when it was planned. */
  committed(offsets: readonly OffsetToCommit[], isAll: boolean, now: number): void {
    for (const { held, offset } of offsets) held.commitTo(offset);
    if (!isAll) return;
    this.#committedAt = now;
    this.#messagesDone = 0;
  }

  /** All that is done and not committed. */
  uncommitted(): readonly OffsetToCommit[] {
    const held = this.held.filter(({ isUncommitted }) => isUncommitted);
    return held.map((one) => ({ held: one, offset: one.resolved }));
  }

  /** What is revoked is given up, if nothing is left to do about it.
   * @returns what was. */
  giveUp(now: number): readonly HeldPartition[] {
    const given = this.held.filter((held) => {
      if (!this.#isLeaving(held, now)) return false;
      const mayCommit =
        now < (held.revokedAt ?? now) + this.#settings.rebalanceMillis + lastCommitMillis;
      return !(this.#settings.autoCommit && held.isUncommitted && mayCommit);
    });
    for (const held of given) this.#drop(held);
    if (given.length > 0) this.#noteGivenUp();
    return given;
  }

  /** @returns false: it is not held, and nothing is done. */
  seek(place: TopicPartition, offset: number): boolean {
    const held = this.find(place);
    held?.seek(offset);
    return held !== undefined;
  }

  /** Nothing more is begun, of anything: it is only kept until what is in hand is done. */
  close(): void {
    this.#isClosing = true;
  }

  #view() {
    const isPaused = (held: HeldPartition) => this.#isPaused(held);
    return { all: this.#held.values(), isPaused };
  }

  #isPaused({ topic, partition }: HeldPartition): boolean {
    return this.#isClosing || this.#paused.has(topic, partition);
  }

  #isClosed(held: HeldPartition): boolean {
    return held.isRevoked || this.#isPaused(held);
  }

  /** Revoked, and nothing more of it is awaited. */
  #isLeaving(held: HeldPartition, now: number): boolean {
    const { revokedAt } = held;
    if (revokedAt === undefined) return false;
    return !this.#busy.has(nameOf(held)) || now >= revokedAt + this.#settings.rebalanceMillis;
  }

  #take(place: Tenure): HeldPartition {
    const held = new HeldPartition(place);
    this.#held.set(nameOf(held), held);
    return held;
  }

  /** @returns whether that is news. */
  #revoke(held: HeldPartition, isRevoked: boolean, now: number): boolean {
    if (held.isRevoked === isRevoked) return false;
    held.revokedAt = isRevoked ? now : undefined;
    return isRevoked;
  }

  /** @returns whether there are records. */
  #fill(held: HeldPartition, part: FetchedPart): boolean {
    if (!held.isPlaced) {
      const { beginsAtEnd } = this.#settings;
      // Where a beginning is the log's own, whoever comes next begins there too.
      held.placeAt(part.offset, part.committed ?? (beginsAtEnd ? nowhere : part.offset));
    }
    const batches = batchesOf(part);
    held.add(batches, part);
    held.highWatermark = part.highWatermark;
    held.isAskedFor = true;
    if (held.hasMessages) this.#ready.add(held);
    return batches.length > 0;
  }

  #noteGivenUp(): void {
    if (this.#fetchPace !== undefined) this.#fetchPace = { ...this.#fetchPace, hasGivenUp: true };
  }

  #drop(held: HeldPartition): void {
    held.isLost = true;
    this.#ready.delete(held);
    this.#held.delete(nameOf(held));
  }
}

export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`;
}

type Tenure = Pick<HeldPartition, 'topic' | 'partition' | 'takenIn'>;

function tenureOf({ topic, partition, takenIn }: Tenure): string {
  return `${topic}-${partition} ${takenIn}`;
}
