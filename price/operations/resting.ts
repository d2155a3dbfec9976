// What a month costs in which nothing is sent: the engine alone, and consumers that wait.

import type { ConsumerOptions } from '../../client/consumer/options.ts';
import { type BillOptions, billOf } from '../bill.ts';
import { countClocks } from '../clocks.ts';
import type { Housekeeping } from '../housekeeping.ts';
import { monthOf } from '../month.ts';
import { secondsPerMonth } from '../prices.ts';
import { countTraffic } from '../traffic.ts';
import { scaled, since, type Usage, usage } from '../usage.ts';
import { defaultWorkload } from '../workload.ts';
import { Stage, topic } from './stage.ts';

export type Month = { readonly what: string; readonly dollars: number };

const watchedSeconds = 600;

export async function countResting(housekeeping: Housekeeping): Promise<readonly Month[]> {
  const nothing = { ...defaultWorkload, sends: 0, groups: 0 };
  const [traffic, clocks] = [await countTraffic(nothing), await countClocks(nothing)];
  const engine = monthOf(nothing, { traffic, clocks, housekeeping });
  const month = (what: string, used: Usage, options?: BillOptions) => {
    return { what, dollars: billOf(used, options).dollars };
  };
  return [
    month('an engine to which nothing comes', engine),
    month('the same, less what AWS gives each month', engine, { freeTier: true }),
    month('a consumer that waits, of 8 partitions', await countConsumer()),
    month('the same, with `maxWaitTimeInMs: 0`', await countConsumer({ maxWaitTimeInMs: 0 })),
  ];
}

/** Of the client, by the month, without what X-Ray traces. */
function countConsumer(options: Partial<ConsumerOptions> = {}): Promise<Usage> {
  return Stage.open(18, async (stage) => {
    const { time } = stage.account.world;
    const consumer = stage.newClient().consumer({ groupId: 'billing', ...options });
    await consumer.connect();
    await consumer.subscribe({ topics: [topic] });
    await consumer.run({ eachMessage: async () => undefined });
    await time.sleep(60_000);
    const before = stage.account.used();
    await time.sleep(1_000 * watchedSeconds);
    const used = since(before, stage.account.used());
    const stopped = consumer.disconnect();
    await time.sleep(60_000);
    await stopped;
    return usage(scaled(used, secondsPerMonth / watchedSeconds));
  });
}
