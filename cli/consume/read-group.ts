// A topic read as a member of a group: what is printed is committed, when it is printed and not
// before. Whoever comes next goes on where this one has ended, whatever ended it.

import type { ConsumerPayloads } from '../../client/consumer/events.ts';
import type { TopicPartitionOffset } from '../../client/consumer/messages.ts';
import type { Clock } from '../../client/host.ts';
import type { Sluice } from '../../client/sluice.ts';
import type { MessagePrinter } from './printer.ts';

export type GroupRead = {
  readonly client: Sluice;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly topic: string;
  readonly groupId: string;
  /** Where it begins when the group has committed nothing. */
  readonly fromBeginning: boolean;
  readonly printer: MessagePrinter;
  /** It ends when nothing has come for so long; undefined: it goes on. */
  readonly idleMillis: number | undefined;
  readonly interrupted: AbortSignal;
};

/** @throws what the consumer has crashed with for good, printing has failed with, or the last
 *   commit: what is printed and not committed the group is given again */
export async function readGroup(read: GroupRead): Promise<void> {
  const { client, topic, groupId, fromBeginning, printer, interrupted } = read;
  const consumer = client.consumer({ groupId });
  const progress = new Progress(topic);
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    end();
  };
  consumer.on('consumer.crash', ({ payload: { error, restart } }) => {
    if (!restart) fail(error);
  });
  consumer.on('consumer.commit_offsets', ({ payload }) => progress.committed(payload.topics));
  consumer.on('consumer.group_join', ({ payload }) => {
    progress.holds(payload.memberAssignment[topic] ?? []);
  });
  consumer.on('consumer.stop', () => end());
  interrupted.addEventListener('abort', () => end());
  if (interrupted.aborted) return;
  await consumer.subscribe({ topics: [topic], fromBeginning });
  const idle = new Idle(read);
  await consumer.run({
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset, isRunning, isStale }) => {
      if (failure !== undefined || printer.isFull || !isRunning() || isStale()) return;
      // What cannot be printed now is not tried again: some of it may be there already.
      const printed = await printer.take(batch.partition, batch.messages).catch(fail);
      const last = batch.messages[(printed ?? 0) - 1];
      if (last !== undefined) {
        resolveOffset(last.offset);
        progress.printed(batch.partition, last.offset);
      }
      idle.heard();
      if (printer.isFull) end();
    },
  });
  await idle.until(ended);
  const offsets = progress.uncommitted();
  if (failure === undefined && offsets.length > 0) {
    await consumer.commitOffsets(offsets).catch(fail);
  }
  await consumer.disconnect();
  if (failure !== undefined) throw failure.error;
}

/** Time passes, and nothing comes. */
class Idle {
  readonly #read: Pick<GroupRead, 'clock' | 'idleMillis'>;
  #heardAt: number;

  constructor(read: Pick<GroupRead, 'clock' | 'idleMillis'>) {
    this.#read = read;
    this.#heardAt = read.clock.now();
  }

  heard(): void {
    this.#heardAt = this.#read.clock.now();
  }

  /** Resolves when that was for so long, or something else has ended it. */
  async until(ended: Promise<void>): Promise<void> {
    const { clock, idleMillis } = this.#read;
    if (idleMillis === undefined) return ended;
    this.heard();
    for (let isOver = false; !isOver; ) {
      const quietMillis = clock.now() - this.#heardAt;
      if (quietMillis >= idleMillis) return;
      isOver = await Promise.race([
        ended.then(() => true),
        clock.sleep(idleMillis - quietMillis, ended).then(() => false),
      ]);
    }
  }
}

/** What is printed of each partition, and what of that is committed. */
class Progress {
  readonly #topic: string;
  /** By partition: the next offset. */
  readonly #printed = new Map<number, number>();
  readonly #committed = new Map<number, number>();

  constructor(topic: string) {
    this.#topic = topic;
  }

  printed(partition: number, offset: string): void {
    this.#printed.set(partition, Number(offset) + 1);
  }

  committed(topics: ConsumerPayloads['consumer.commit_offsets']['topics']): void {
    for (const { partition, offset } of topics.flatMap(({ partitions }) => partitions)) {
      this.#committed.set(partition, Number(offset));
    }
  }

  /** What another has now it prints again, and commits itself. */
  holds(partitions: readonly number[]): void {
    for (const partition of this.#printed.keys()) {
      if (!partitions.includes(partition)) this.#printed.delete(partition);
    }
  }

  uncommitted(): TopicPartitionOffset[] {
    const open = [...this.#printed].filter(([partition, offset]) => {
      return offset > (this.#committed.get(partition) ?? 0);
    });
    return open.map(([partition, offset]) => {
      return { topic: this.#topic, partition, offset: `${offset}` };
    });
  }
}
