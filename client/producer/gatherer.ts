// Calls of send on their way into batches, in the order in which they came: one that must wait, for
// a topic's partitions or for room, has all that come later wait behind it.

import type { Compression } from '../../shared/record/codec.ts';
import { blankRecord, type RecordToAdd } from '../../shared/record/growing-batch.ts';
import type { Clock } from '../host.ts';
import type { Accumulator, Gathering } from './accumulator.ts';
import { type Measured, measure, readMeasured } from './measure.ts';
import type { Message, TopicMessages } from './messages.ts';
import type { PartitionerArgs } from './partitioners.ts';
import type { Send } from './send.ts';
import type { TopicMetadata } from './topic-metadata.ts';

export type Call = {
  readonly send: Send;
  readonly topicMessages: readonly TopicMessages[];
  readonly compression: Compression;
  /** Called once all of it is gathered. */
  readonly onGathered?: (() => void) | undefined;
};

type Waiting = Call & {
  readonly calledAt: number;
  /** undefined: not looked at yet. */
  shares: readonly Gathered[] | undefined;
  /** Of them, those that are gathered. */
  done: number;
  /** Why it cannot be gathered. */
  fault: unknown;
};

/** @property next of its messages, the first that is not gathered. */
type Gathered = { readonly topic: string; readonly measured: Measured; next: number };

export type Surroundings = {
  readonly core: Accumulator;
  readonly clock: Clock;
  readonly metadata: TopicMetadata;
  readonly partitioner: ((args: PartitionerArgs) => number) | undefined;
  /** Something was gathered, or room is wanted. */
  readonly changed: () => void;
};

export class Gatherer {
  readonly #around: Surroundings;
  readonly #waiting: Waiting[] = [];
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
    const calledAt = this.#around.clock.now();
    this.#waiting.push({ ...call, calledAt, shares: undefined, done: 0, fault: undefined });
    if (this.#waiting.length === 1) this.goOn();
  }

  /** There may be room, or what was asked for is known. */
  goOn(): void {
    this.#wantsRoom = false;
    let gathered = 0;
    while (gathered < this.#waiting.length) {
      if (!this.#admit(this.#waiting[gathered] as Waiting)) break;
      gathered++;
    }
    // Most calls find nobody before them.
    if (gathered === this.#waiting.length) this.#waiting.length = 0;
    else this.#waiting.splice(0, gathered);
    this.#around.changed();
  }

  /** @returns whether it is through, well or not. */
  #admit(call: Waiting): boolean {
    const { send } = call;
    if (send.isOver) {
      send.release();
      return true;
    }
    try {
      if (call.fault !== undefined) throw call.fault;
      call.shares ??= this.#measured(call);
      if (call.shares === undefined || !this.#addAll(call, call.shares)) return false;
    } catch (fault) {
      send.giveUp(fault);
    }
    call.onGathered?.();
    send.release();
    return true;
  }

  /** @returns undefined: a topic must be asked for first.
   * @throws SluiceError of a message that may not be sent. */
  #measured(call: Waiting): readonly Gathered[] | undefined {
    const { metadata, partitioner } = this.#around;
    const shares: Gathered[] = [];
    for (const { topic: name, messages } of call.topicMessages) {
      const partitions = metadata.partitions(name);
      const isKnown = partitions !== undefined && partitionsNamed(messages) <= partitions;
      if (!isKnown && !metadata.isOf(name, call.calledAt)) {
        metadata.ask(name).then(
          () => this.goOn(),
          (fault) => {
            call.fault = fault;
            this.goOn();
          },
        );
        return undefined;
      }
      const topic = { name, partitions: partitions ?? 0, partitioner };
      shares.push({ topic: name, measured: measure(messages, topic, this.#record), next: 0 });
    }
    return shares;
  }

  /** @returns false: there is no room for all. */
  #addAll(call: Waiting, shares: readonly Gathered[]): boolean {
    const { core, clock } = this.#around;
    for (; call.done < shares.length; call.done++) {
      const share = shares[call.done] as Gathered;
      const topic = core.topic(share.topic);
      const { send, compression } = call;
      const gathering = { topic, compression, send, now: clock.now() };
      if (!this.#add(share, gathering)) return false;
    }
    return true;
  }

  #add(share: Gathered, gathering: Gathering): boolean {
    const { core, metadata } = this.#around;
    const { measured } = share;
    const { topic, now } = gathering;
    const partitions = metadata.partitions(topic.name) ?? 1;
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

/** One more than the last partition that a message names. */
function partitionsNamed(messages: readonly Message[]): number {
  let named = 0;
  for (const { partition = -1 } of messages) if (partition >= named) named = partition + 1;
  return named;
}
