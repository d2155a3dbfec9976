// Calls of send on their way into batches. Of a topic they go in the order in which they came: one
// for whose topics the engine must be asked first has those of the same topics wait behind it, and
// one that waits for room has all wait. What waits is a copy: whoever has called may use his list
// anew. What has waited for as long as a message is tried is refused.

import type { Compression } from '../../shared/record/codec.ts';
import { blankRecord, type RecordToAdd } from '../../shared/record/growing-batch.ts';
import { SluiceError } from '../errors.ts';
import type { Clock } from '../host.ts';
import type { Accumulator, Gathering } from './accumulator.ts';
import { countByPartition, type Measured, measure, readMeasured } from './measure.ts';
import type { Message, TopicMessages } from './messages.ts';
import type { PartitionerArgs } from './partitioners.ts';
import type { Send } from './send.ts';
import { TopicLines } from './topic-lines.ts';
import type { TopicMetadata } from './topic-metadata.ts';
import { notInTime } from './verdict.ts';

export type Call = {
  readonly send: Send;
  readonly topicMessages: readonly TopicMessages[];
  readonly compression: Compression;
  /** Called once all of it is gathered. */
  readonly onGathered?: (() => void) | undefined;
};

type Waiting = Omit<Call, 'topicMessages'> & {
  topicMessages: readonly TopicMessages[];
  readonly calledAt: number;
  /** Of topics' partitions, before it. */
  readonly asks: number;
  /** undefined: a topic must be asked for first. */
  shares: readonly Gathered[] | undefined;
  /** Of them, those that are gathered. */
  done: number;
  /** Why it cannot be gathered. */
  fault: unknown;
};

/** @property next of its messages, the first that is not gathered. */
type Gathered = {
  readonly topic: string;
  readonly partitions: number;
  measured: Measured;
  next: number;
};

export type Surroundings = {
  readonly core: Accumulator;
  readonly clock: Clock;
  readonly metadata: TopicMetadata;
  readonly partitioner: ((args: PartitionerArgs) => number) | undefined;
  /** For which a call waits until its topics are known, and for room. */
  readonly deliveryMillis: number;
  /** Something was gathered, or room is wanted. */
  readonly changed: () => void;
};

export class Gatherer {
  readonly #around: Surroundings;
  /** Those for whose topics the engine was asked, or is asked for others before them. */
  readonly #lines = new TopicLines<Waiting>();
  readonly #asking = new Set<string>();
  /** Those whose topics are known. */
  readonly #known: Waiting[] = [];
  readonly #record: RecordToAdd = blankRecord();
  #wantsRoom = false;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** The first in line waits for room. */
  get wantsRoom(): boolean {
    return this.#wantsRoom;
  }

  gather(call: Call): void {
    const { clock, metadata } = this.#around;
    const waiting: Waiting = {
      ...call,
      calledAt: clock.now(),
      asks: metadata.asks,
      shares: undefined,
      done: 0,
      fault: undefined,
    };
    if (this.#lines.holds(call.topicMessages) || !this.#isKnown(waiting)) {
      waiting.topicMessages = call.topicMessages.map(({ topic, messages }) => {
        return { topic, messages: copied(messages) };
      });
      this.#lines.join(waiting, new Set(call.topicMessages.map(({ topic }) => topic)));
      return;
    }
    this.#known.push(waiting);
    if (this.#known.length === 1) this.goOn();
    if (this.#known.at(-1) !== waiting) return;
    for (const share of waiting.shares ?? []) {
      share.measured = { ...share.measured, messages: copied(share.measured.messages) };
    }
  }

  /** There may be room. */
  goOn(): void {
    this.#wantsRoom = false;
    let gathered = 0;
    while (gathered < this.#known.length) {
      if (!this.#admit(this.#known[gathered] as Waiting)) break;
      gathered++;
    }
    // Most calls find nobody before them.
    if (gathered === this.#known.length) this.#known.length = 0;
    else this.#known.splice(0, gathered);
    this.#around.changed();
  }

  /** Nobody waits for a call of these topics any more. */
  forget(topicMessages: readonly TopicMessages[]): void {
    for (const { topic } of topicMessages) this.#advance(topic);
    this.goOn();
  }

  /** @returns whether it is through, well or not. */
  #admit(call: Waiting): boolean {
    if (call.send.isOver) {
      this.#end(call);
      return true;
    }
    try {
      if (call.fault !== undefined) throw call.fault;
      if (!this.#addAll(call, call.shares ?? [])) return false;
    } catch (fault) {
      call.send.giveUp(fault);
    }
    this.#end(call);
    return true;
  }

  #end(call: Waiting): void {
    call.onGathered?.();
    call.send.release();
  }

  /** @returns false: a topic is asked for first. */
  #isKnown(call: Waiting): boolean {
    if (call.send.isOver) return true;
    try {
      call.shares = this.#measured(call);
    } catch (fault) {
      call.fault = fault;
      return true;
    }
    return call.shares !== undefined;
  }

  /** @returns undefined: a topic must be asked for first.
   * @throws SluiceError of a message that may not be sent. */
  #measured(call: Waiting): readonly Gathered[] | undefined {
    const { metadata, partitioner } = this.#around;
    const shares: Gathered[] = [];
    for (const { topic: name, messages } of call.topicMessages) {
      const partitions = metadata.partitions(name);
      const isKnown = partitions !== undefined && partitionsNamed(messages) <= partitions;
      if (!isKnown && !metadata.isSince(name, call.asks)) {
        this.#ask(name, call);
        return undefined;
      }
      const topic = { name, partitions: partitions ?? 0, partitioner };
      const measured = measure(messages, topic, this.#record);
      shares.push({ topic: name, partitions: topic.partitions, measured, next: 0 });
    }
    return shares;
  }

  #ask(name: string, { calledAt }: Waiting): void {
    if (this.#asking.has(name)) return;
    this.#asking.add(name);
    const { metadata, deliveryMillis } = this.#around;
    metadata
      .ask(name, calledAt + deliveryMillis)
      .catch((fault) => this.#fail(name, fault))
      .then(() => {
        this.#asking.delete(name);
        this.#advance(name);
        this.goOn();
      });
  }

  #advance(name: string): void {
    const left = this.#lines.advance(name, (call) => this.#isKnown(call));
    for (const call of left) this.#known.push(call);
  }

  /** Nobody says anything of the topic. Who has time left asks again, if that may help. */
  #fail(name: string, fault: unknown): void {
    const { clock, deliveryMillis } = this.#around;
    const mayPass = fault instanceof SluiceError && fault.retriable;
    for (const call of this.#lines.of(name)) {
      if (mayPass && clock.now() < call.calledAt + deliveryMillis) break;
      call.send.giveUp(fault instanceof SluiceError ? fault.as({ outcome: 'refused' }) : fault);
    }
  }

  /** @returns false: there is no room for all. */
  #addAll(call: Waiting, shares: readonly Gathered[]): boolean {
    const { core, clock, deliveryMillis } = this.#around;
    const { calledAt, send, compression } = call;
    const now = clock.now();
    if (now >= calledAt + deliveryMillis) {
      this.#refuse(send, shares.slice(call.done));
      return true;
    }
    for (; call.done < shares.length; call.done++) {
      const share = shares[call.done] as Gathered;
      const topic = core.topic(share.topic);
      if (!this.#add(share, { topic, compression, send, calledAt, now })) return false;
    }
    return true;
  }

  /** Its time is over. What is gathered of it may be stored yet. */
  #refuse(send: Send, shares: readonly Gathered[]): void {
    const error = notInTime(this.#around.deliveryMillis, 'it waited for its topic, or for room');
    for (const { topic, measured, next } of shares) {
      for (const [partition, messages] of countByPartition(measured, next)) {
        send.addPart();
        send.failedPart({ topic, partition, messages, error });
      }
    }
  }

  #add(share: Gathered, gathering: Gathering): boolean {
    const { core } = this.#around;
    const { measured, partitions } = share;
    const { topic, now } = gathering;
    for (; share.next < measured.messages.length; share.next++) {
      if (!core.hasRoom) {
        this.#wantsRoom = true;
        return false;
      }
      const partition = readMeasured(measured, share.next, this.#record, now);
      core.add(this.#record, partition < 0 ? topic.sticky(partitions) : partition, gathering);
    }
    return true;
  }
}

function copied(messages: readonly Message[]): readonly Message[] {
  return messages.map((message) => ({ ...message }));
}

/** One more than the last partition that a message names. */
function partitionsNamed(messages: readonly Message[]): number {
  let named = 0;
  for (const { partition = -1 } of messages) if (partition >= named) named = partition + 1;
  return named;
}
