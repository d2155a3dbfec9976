// A topic read as a member of a group: what is printed is committed, when it is printed and not
// before. Whoever comes next goes on where this one has ended, whatever ended it.

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

/** @throws what the consumer has crashed with for good. */
export async function readGroup(read: GroupRead): Promise<void> {
  const { client, clock, topic, groupId, fromBeginning, printer, idleMillis, interrupted } = read;
  const consumer = client.consumer({ groupId });
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  let failure: { readonly error: Error } | undefined;
  let heardAt = clock.now();
  consumer.on('consumer.crash', ({ payload: { error, restart } }) => {
    if (!restart) failure = { error };
  });
  consumer.on('consumer.stop', () => end());
  interrupted.addEventListener('abort', () => end());
  if (interrupted.aborted) return;
  await consumer.subscribe({ topics: [topic], fromBeginning });
  await consumer.run({
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch, resolveOffset, isRunning, isStale }) => {
      if (printer.isFull || !isRunning() || isStale()) return;
      const printed = await printer.take(batch.partition, batch.messages);
      const last = batch.messages[printed - 1];
      if (last !== undefined) resolveOffset(last.offset);
      heardAt = clock.now();
      if (printer.isFull) end();
    },
  });
  heardAt = clock.now();
  while (idleMillis !== undefined && failure === undefined) {
    const quietMillis = clock.now() - heardAt;
    if (quietMillis >= idleMillis) break;
    const isOver = await Promise.race([
      ended.then(() => true),
      clock.sleep(idleMillis - quietMillis, ended).then(() => false),
    ]);
    if (isOver) break;
  }
  if (idleMillis === undefined) await ended;
  await consumer.disconnect();
  if (failure !== undefined) throw failure.error;
}
