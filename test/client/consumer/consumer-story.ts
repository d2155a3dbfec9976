// The sentences of stories about consumers: what is produced, what handlers have seen, and what is
// committed.

import type { Consumer } from '../../../client/consumer/consumer.ts';
import type { KafkaMessage } from '../../../client/consumer/messages.ts';
import type { ConsumerOptions } from '../../../client/consumer/options.ts';
import type { Sluice } from '../../../client/sluice.ts';
import { lagsOfGroup } from '../../../shared/engine/group/describe-groups.ts';
import { produce } from '../../world/story.ts';
import { newWire, type Wire } from '../wire.ts';

export const groupId = 'shop';

export type Story = {
  readonly wire: Wire;
  readonly time: Wire['world']['time'];
  readonly client: Sluice;
  /** Subscribed to orders, from the beginning. */
  readonly newConsumer: (options?: Partial<ConsumerOptions>) => Promise<Consumer>;
  readonly produce: (partition: number, ...values: string[]) => Promise<void>;
  /** What the group has committed of orders, partition by partition; -1: nothing. */
  readonly committed: () => Promise<readonly number[]>;
  /** Passes time until that is so. */
  readonly until: (isSo: () => boolean) => Promise<void>;
  readonly fetches: () => number;
};

/** A wire, and what happens on it. */
export async function inStory(tell: (story: Story) => Promise<void>, seed = 1): Promise<void> {
  const wire = await newWire(seed);
  const { world } = wire;
  const { time } = world;
  const client = wire.newClient();
  const engine = world.newEngine();
  await time.run(
    tell({
      wire,
      time,
      client,
      newConsumer: async (options = {}) => {
        const consumer = client.consumer({ groupId, ...options });
        await consumer.subscribe({ topics: ['orders'], fromBeginning: true });
        return consumer;
      },
      produce: async (partition, ...values) => {
        await produce(world, engine, values, { partition });
      },
      committed: async () => {
        const reader = world.newEngine();
        const { lags } = await lagsOfGroup(reader, world.call(reader), groupId);
        const offsets = [-1, -1, -1, -1];
        for (const { partition, committed } of lags) offsets[partition] = committed;
        return offsets;
      },
      until: async (isSo) => {
        for (let looks = 0; !isSo(); looks++) {
          if (looks > 100_000) throw new Error('it never comes to that');
          await time.sleep(50);
        }
      },
      fetches: () => wire.sent.filter(({ path }) => path.endsWith('/fetch')).length,
    }),
  );
}

export function textOf({ value }: KafkaMessage): string {
  return value === null ? 'null' : value.toString();
}
