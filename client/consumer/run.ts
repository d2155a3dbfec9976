// A member's life, from its joining to its leaving: fetches go on as long as it lives, and handlers
// are at work beside them.
//
// - One fetch is under way at a time, and there is always one, or a rest before the next.
// - Who stops finishes what is in hand, commits, and leaves: the group waits for nothing.
// - A member whose session is over joins again as another, and begins with what is committed.

import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Connection } from '../connection.ts';
import type { Events } from '../events.ts';
import type { GroupMembers } from '../group-members.ts';
import type { Host } from '../host.ts';
import type { Logger } from '../logger.ts';
import { partitionOffsets } from '../partition-offsets.ts';
import { Requests } from '../requests.ts';
import { latestOffset, type TopicPartition } from '../topic-partition.ts';
import { Assignment, type AssignmentSettings } from './assignment.ts';
import { Bell } from './bell.ts';
import { Committer, isGone, leaveMillis } from './committer.ts';
import type { ConsumerPayloads } from './events.ts';
import type { PlannedFetch } from './fetch-plan.ts';
import { GroupNews } from './group-news.ts';
import type { HeldPartition, InHand, Turn } from './held-partition.ts';
import { Member } from './member.ts';
import type { PausedPartitions } from './paused-partitions.ts';
import { Rejoins } from './rejoins.ts';
import type { Subscription } from './topic-pattern.ts';
import { type Handler, Worker } from './worker.ts';

export type RunParts = {
  readonly connection: Connection;
  readonly host: Host;
  readonly events: Events<ConsumerPayloads>;
  readonly logger: Logger;
  readonly members: GroupMembers;
  readonly settings: AssignmentSettings;
  readonly subscription: Subscription;
  readonly handler: Handler;
  /** Partitions that handlers are at work on at once. */
  readonly workers: number;
  readonly paused: PausedPartitions;
  readonly turns: AsyncLocalStorage<InHand>;
  /** A handler has resumed what it had paused, maybe in a run before this one. */
  readonly resumed: () => void;
};

export class Run {
  readonly assignment: Assignment;
  readonly committer: Committer;
  readonly #parts: RunParts;
  readonly #told: GroupNews;
  readonly #rejoins: Rejoins;
  readonly #over = new AbortController();
  readonly #fetchBell = new Bell();
  readonly #commitBell = new Bell();
  readonly #workBell = new Bell();
  #member: Member | undefined;
  #hasFetched = false;
  #isStopping = false;
  /** Of the fetch that is under way. */
  #poll: AbortController | undefined;
  #isWaiting = false;

  constructor(parts: RunParts) {
    const { host, settings, paused, events, logger } = parts;
    this.#parts = parts;
    this.assignment = new Assignment(settings, paused, host.clock.now());
    this.#rejoins = new Rejoins(settings, host);
    const { groupId } = settings;
    this.#told = new GroupNews({ assignment: this.assignment, events, groupId, clock: host.clock });
    this.committer = new Committer({
      assignment: this.assignment,
      member: () => this.#member,
      groupId,
      clock: host.clock,
      events,
      logger,
      bell: this.#commitBell,
      onGivenUp: () => this.#fetchBell.ring(),
      onGone: (member) => this.#onGone(member),
    });
  }

  /** Resolves when it has stopped, and left.
   * @param onJoined it knows what it holds.
   * @throws what it has crashed with; then it has left too. */
  async live(onJoined: () => void): Promise<void> {
    const { members, settings, workers, host } = this.#parts;
    const leaveBy = () => host.clock.now() + leaveMillis;
    let commitBy: number | undefined;
    const take = members.join(settings.groupId, (topic, partition) => {
      const member = this.#member?.id;
      const held = this.assignment.findAtWork({ topic, partition });
      if (member === undefined || held === undefined) return undefined;
      return { member, generation: this.assignment.generation };
    });
    try {
      while (!this.#hasFetched && !this.#isStopping) await this.#fetchNext();
      onJoined();
      const works = Array.from({ length: workers }, () => this.#newWorker().run());
      const loops = [this.#fetchOn(), this.committer.run(() => this.#isOver), ...works];
      for (const loop of loops) loop.catch(() => this.stop());
      // The group hears of the member until the last handler is done.
      await Promise.allSettled(works);
      // A commit that is under way takes its time from the last one.
      commitBy = leaveBy();
      this.#end();
      for (const end of await Promise.allSettled(loops)) {
        if (end.status === 'rejected') throw end.reason;
      }
    } finally {
      this.#end();
      await this.#leave(commitBy ?? leaveBy());
      take();
    }
  }

  /** Nothing is begun any more. */
  stop(): void {
    this.#isStopping = true;
    this.assignment.close();
    this.committer.stop();
    if (!this.#hasFetched) this.#end();
    this.#poll?.abort();
    this.#ringAll();
  }

  /** What the consumer was told may ask for another fetch, and for other work. */
  changed(): void {
    if (this.#isWaiting && this.assignment.waitsInVain()) this.#poll?.abort();
    this.#fetchBell.ring();
    this.#workBell.ring();
  }

  /** @param offset latestOffset and earliestOffset: that edge of the log. */
  seek(place: TopicPartition, offset: number): void {
    const held = this.assignment.find(place);
    if (held === undefined) return;
    if (offset >= 0) held.seek(offset);
    else void this.#seekToEdge(held, offset);
    this.changed();
  }

  /** Nothing of it is handled before it is known where that is. */
  async #seekToEdge(held: HeldPartition, edge: number): Promise<void> {
    const { connection, logger, host } = this.#parts;
    held.unplace(host.clock.now());
    const { turn } = held;
    try {
      const { low, high } = await partitionOffsets(new Requests(connection), held, {});
      if (held.turn === turn) held.seek(Number(edge === latestOffset ? high : low));
    } catch (error) {
      const { topic, partition } = held;
      logger.error(`a seek failed, and what is committed is read: ${error}`, { topic, partition });
    }
    this.changed();
  }

  #end(): void {
    this.#over.abort();
    this.#poll?.abort();
    this.#ringAll();
  }

  #ringAll(): void {
    for (const bell of [this.#fetchBell, this.#commitBell, this.#workBell]) bell.ring();
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted;
  }

  async #join(): Promise<Member> {
    const { connection, settings, subscription } = this.#parts;
    this.#told.changes();
    const { signal } = this.#over;
    await this.#rejoins.rest(signal);
    const fromBeginning = !settings.beginsAtEnd;
    const member = await Member.join(connection, settings, { fromBeginning, signal });
    this.#member = member;
    await member.subscribe(subscription, signal);
    return member;
  }

  async #fetchOn(): Promise<void> {
    while (!this.#isOver) await this.#fetchNext();
  }

  /** @throws SluiceError of what no other try mends. */
  async #fetchNext(): Promise<void> {
    const { clock } = this.#parts.host;
    try {
      const member = this.#member ?? (await this.#join());
      const plan = this.assignment.planFetch(clock.now());
      if (plan.kind === 'fetch') await this.#fetch(member, plan);
      else await this.#fetchBell.waitFor(clock, plan.millis);
    } catch (error) {
      if (this.#isOver || this.#poll?.signal.aborted) return;
      if (!isGone(error) || this.#member === undefined) throw error;
      this.#onGone(this.#member);
    } finally {
      this.#poll = undefined;
    }
  }

  async #fetch(member: Member, plan: PlannedFetch): Promise<void> {
    const { host, settings, events } = this.#parts;
    if (this.#isOver) return;
    const poll = new AbortController();
    this.#poll = poll;
    this.#isWaiting = plan.waitMillis > 0;
    const began = host.clock.now();
    events.tell('consumer.fetch_start', () => ({ nodeId: '0' }));
    const reply = await member.fetch(plan, {
      signal: poll.signal,
      deadline: began + plan.waitMillis + settings.sessionMillis,
    });
    const now = host.clock.now();
    if (member !== this.#member) return;
    const change = this.assignment.fetched(plan, reply, began, now);
    this.#hasFetched = true;
    // There may be more to do even of what was here: it is not revoked any more, or not paused.
    this.#workBell.ring();
    // What is revoked may be committed and given up at once, or its time may be over.
    if (this.assignment.held.some(({ isRevoked }) => isRevoked)) this.#commitBell.ring();
    if (change.taken.length > 0) this.#commitBell.ring();
    this.#told.fetched(member.id, change, now - began);
  }

  #newWorker(): Worker {
    const { settings, handler, host, events, logger, turns } = this.#parts;
    return new Worker({
      assignment: this.assignment,
      committer: this.committer,
      handler,
      settings,
      clock: host.clock,
      chance: host.chance,
      events,
      logger,
      turns,
      bell: this.#workBell,
      isOver: () => this.#isStopping,
      pause: (turn) => this.#pause(turn),
      onPutBack: ({ held }) => {
        // It was full, and is not; or it may be given up now.
        if (!held.isAskedFor) this.#fetchBell.ring();
        if (held.isRevoked) this.#commitBell.ring();
        // Others may have waited for it to be put back.
        if (held.hasMessages || held.isLost) this.#workBell.ring();
      },
    });
  }

  #pause({ held: { topic, partition } }: Turn): () => void {
    const { paused, resumed } = this.#parts;
    const place = [{ topic, partitions: [partition] }];
    paused.pause(place);
    return () => {
      paused.resume(place);
      resumed();
    };
  }

  /** What it held is another's, or nobody's: it joins again. */
  #onGone(member: Member): void {
    if (this.#member !== member) return;
    const { settings, logger } = this.#parts;
    const { groupId } = settings;
    this.#rejoins.noteGone();
    logger.warn('the group has gone on without this member, which joins again', { groupId });
    this.assignment.loseAll();
    this.#member = undefined;
    this.#poll?.abort();
    this.#told.rebalances(member.id);
  }

  /** @param commitBy what is done. */
  async #leave(commitBy: number): Promise<void> {
    const { settings, logger, host } = this.#parts;
    try {
      if (settings.autoCommit && this.#member !== undefined) {
        await this.committer.commitAll(commitBy);
      }
      await this.#member?.leave(host.clock.now() + leaveMillis);
    } catch (error) {
      if (!isGone(error)) logger.warn(`the group may wait for this member: ${error}`);
    }
    this.assignment.loseAll();
    this.#member = undefined;
  }
}
