// A member of a group, told what to do step by step, and an engine that is a few lines. What must
// hold at every step is expected here.

import { expect } from 'vitest';
import { Assignment, type AssignmentSettings } from '../../../client/consumer/assignment.ts';
import type { PlannedFetch } from '../../../client/consumer/fetch-plan.ts';
import { addMessages } from '../../../client/consumer/fetched-batches.ts';
import type { Turn } from '../../../client/consumer/held-partition.ts';
import type { MemberReply, ToldPartition } from '../../../client/consumer/member.ts';
import type { KafkaMessage } from '../../../client/consumer/messages.ts';
import { consumerSettings } from '../../../client/consumer/options.ts';
import { PausedPartitions } from '../../../client/consumer/paused-partitions.ts';
import { setBaseOffset } from '../../../shared/record/batch-header.ts';
import { encodeBatch } from '../../../shared/record/encode-batch.ts';
import { seededChance } from '../../world/seeded-chance.ts';

export const settings: AssignmentSettings = {
  ...consumerSettings({ groupId: 'shop', bufferBytes: 1_000 }, undefined),
  autoCommit: true,
  commitMillis: 5_000,
  commitMessages: Number.POSITIVE_INFINITY,
  beginsAtEnd: false,
};

export const topic = 'orders';
export const partitions = [0, 1, 2, 3, 4];

/** So many records, from an offset on. */
export function batchAt(offset: number, count: number): Uint8Array {
  const record = { key: null, value: Buffer.from('a value'), headers: [], timestamp: 0 };
  const records = Array.from({ length: count }, () => record);
  const bytes = encodeBatch({ records, compression: 'none' });
  setBaseOffset(bytes, 0, offset);
  return bytes;
}

/** An engine with one member, and logs that end where they are said to. */
class Engine {
  readonly ends = partitions.map(() => 0);
  readonly committed = partitions.map(() => undefined as number | undefined);
  readonly #held = new Map<number, { generation: number; revoked: boolean }>();
  #generation = 0;

  /** Another target: some are the member's. */
  assign(own: ReadonlySet<number>): void {
    this.#generation++;
    for (const partition of partitions) {
      const held = this.#held.get(partition);
      if (held !== undefined) held.revoked = !own.has(partition);
      else if (own.has(partition)) {
        this.#held.set(partition, { generation: this.#generation, revoked: false });
      }
    }
  }

  answer({ named }: PlannedFetch): MemberReply {
    const byPartition = new Map(named.map((one) => [one.held.partition, one]));
    for (const [partition, { revoked }] of this.#held) {
      if (revoked && !byPartition.has(partition)) this.#held.delete(partition);
    }
    const held: ToldPartition[] = [];
    const read: MemberReply['partitions'][number][] = [];
    for (const [partition, { generation, revoked }] of this.#held) {
      held.push({ topic, partition, generation, ...(revoked ? { revoked } : {}) });
      const one = byPartition.get(partition);
      const isKnown = one?.held.takenIn === generation;
      if (revoked || (isKnown && one.offset === undefined)) continue;
      const offset = (isKnown ? one.offset : this.committed[partition]) ?? 0;
      const count = Math.min(3, (this.ends[partition] as number) - offset);
      read.push({
        ...{ topic, partition, offset, nextOffset: offset + count },
        highWatermark: this.ends[partition] as number,
        committed: isKnown ? undefined : this.committed[partition],
        bytes: count === 0 ? new Uint8Array() : batchAt(offset, count),
      });
    }
    return { generation: this.#generation, held, partitions: read };
  }
}

/** A member that is told what to do step by step. */
export class Walk {
  readonly engine = new Engine();
  readonly paused = new PausedPartitions();
  readonly assignment: Assignment;
  readonly #draw: (below: number) => number;
  readonly #turns = new Map<Turn, number[]>();
  #fetch: { readonly plan: PlannedFetch; readonly began: number } | undefined;
  now = 0;
  requests = 0;
  /** By partition: the next to be done. */
  readonly done = partitions.map(() => 0);

  constructor(seed: number) {
    const chance = seededChance(seed);
    this.#draw = (below) => Math.floor(chance.fraction() * below);
    this.assignment = new Assignment(settings, this.paused, 0);
  }

  step(): void {
    const partition = this.#draw(partitions.length);
    const act = this.#draw(12);
    if (act === 0)
      this.engine.ends[partition] = (this.engine.ends[partition] as number) + this.#draw(5);
    else if (act === 1) this.engine.assign(new Set(partitions.filter(() => this.#draw(2) === 0)));
    else if (act === 2) this.paused.pause([{ topic, partitions: [partition] }]);
    else if (act === 3) this.paused.resume([{ topic, partitions: [partition] }]);
    else if (act === 4) this.commit();
    else if (act < 7) this.take();
    else if (act < 9) this.work();
    else this.fetch();
    this.now += this.#draw(2_000);
  }

  /** Asks, or is answered. */
  fetch(): void {
    const fetch = this.#fetch;
    if (fetch !== undefined) {
      this.#fetch = undefined;
      const reply = this.engine.answer(fetch.plan);
      this.assignment.fetched(fetch.plan, reply, fetch.began, this.now);
      return;
    }
    const plan = this.assignment.planFetch(this.now);
    if (plan.kind === 'rest') {
      expect(plan.millis).toBeLessThanOrEqual(settings.heartbeatMillis);
      return;
    }
    this.requests++;
    this.#judge(plan);
    this.#fetch = { plan, began: this.now };
  }

  #judge({ named, waitMillis }: PlannedFetch): void {
    const { held } = this.assignment;
    const placed = held.filter(({ isPlaced }) => isPlaced);
    const names = named.map((one) => one.held);
    expect(names).toEqual(expect.arrayContaining(placed));
    for (const { held: one, offset } of named) {
      const isClosed = one.isRevoked || this.paused.has(topic, one.partition);
      if (isClosed) expect(offset).toBeUndefined();
      if (isClosed && one.isRevoked) expect(waitMillis).toBe(0);
      if (offset !== undefined) expect(one.bufferedBytes).toBeLessThan(settings.bufferBytes);
    }
  }

  take(): void {
    const turn = this.assignment.takeTurn();
    if (turn === undefined) return;
    const { held } = turn;
    expect(held.isRevoked || this.paused.has(topic, held.partition)).toBe(false);
    expect([...this.#turns.keys()].map((one) => one.held.partition)).not.toContain(held.partition);
    const messages: KafkaMessage[] = [];
    const [first] = held.buffered;
    if (first === undefined) throw new Error('there is nothing to be done');
    addMessages(messages, held, first, { from: held.resolved, checkCrcs: true });
    this.#turns.set(
      turn,
      messages.map(({ offset }) => Number(offset)),
    );
  }

  /** A message is done, or what is left is put back. */
  work(): void {
    const [entry] = this.#turns;
    if (entry === undefined) return;
    const [turn, left] = entry;
    const [offset, ...rest] = left;
    const { partition } = turn.held;
    if (offset === undefined || (rest.length < 2 && this.assignment.isOver(turn))) {
      this.#turns.delete(turn);
      this.assignment.putBack(turn);
      return;
    }
    // Nothing is left out, and nothing comes again, while nothing is lost with work in hand.
    if (!turn.isStale) {
      expect(offset).toBe(this.done[partition]);
      this.done[partition] = offset + 1;
    }
    turn.resolveTo(offset + 1);
    this.assignment.noteDone(1);
    this.#turns.set(turn, rest);
  }

  commit(): void {
    const { offsets, isAll } = this.assignment.planCommit(this.now);
    for (const { held, offset } of offsets) this.engine.committed[held.partition] = offset;
    this.assignment.committed(offsets, isAll, this.now);
    this.assignment.giveUp(this.now);
  }
}
