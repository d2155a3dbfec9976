// Topics that come and go: a producer that lives long remembers those that it is at work on, and
// what it has forgotten of the others takes nothing from what is sent to them later.

import { expect, test } from 'vitest';
import type { Connection } from '../../../client/connection.ts';
import { Accumulator, type Step } from '../../../client/producer/accumulator.ts';
import { producerSettings, topicsKept } from '../../../client/producer/options.ts';
import { Send } from '../../../client/producer/send.ts';
import { TopicMetadata } from '../../../client/producer/topic-metadata.ts';
import { blankRecord } from '../../../shared/record/growing-batch.ts';
import { VirtualTime } from '../../world/virtual-time.ts';

test('idle topics are forgotten, with their sequences; those at work are not', () => {
  const settings = producerSettings({ lingerMs: 0, compression: 'none' }, undefined);
  const core = new Accumulator(settings, () => 0);
  let now = 0;
  const add = (name: string) => {
    const send = new Send(() => undefined);
    const gathering = {
      topic: core.topic(name),
      compression: 'none',
      send,
      calledAt: now,
      now,
    } as const;
    core.add(blankRecord(), 0, gathering);
    send.release();
  };
  const next = (): Step => {
    now += 10;
    return core.next(now);
  };
  const sent = (step: Step) => {
    if (step.kind !== 'send') throw new Error(`${step.kind} is not what is expected`);
    return step.request;
  };
  const makeMany = (kind: string) => {
    for (let at = 0; at < topicsKept; at++) core.topic(`${kind}-${at}`);
  };
  add('orders');
  expect(next().kind).toBe('identify');
  core.identified({ id: 1, epoch: 0 });
  const first = sent(next());
  expect(first.shares[0]?.stamp).toEqual({ id: 1, epoch: 0, baseSequence: 0 });
  makeMany('while it is on its way');
  expect(core.topic('orders')).toBe(first.topic);
  core.settle(first, [0], now);
  add('bills');
  makeMany('later');
  const bills = core.topic('bills');
  expect(core.topic('orders')).not.toBe(first.topic);
  makeMany('and later');
  expect(core.topic('bills')).toBe(bills);
  // The next sequence of that partition is forgotten: the old id would begin again with 0.
  add('orders');
  expect(next().kind).toBe('identify');
  core.identified({ id: 2, epoch: 0 });
  const stamps = [sent(next()), sent(next())].map(({ topic, shares }) => {
    return [topic.name, shares[0]?.stamp];
  });
  expect(Object.fromEntries(stamps)).toEqual({
    orders: { id: 2, epoch: 0, baseSequence: 0 },
    bills: { id: 2, epoch: 0, baseSequence: 0 },
  });
});

test('so is how many partitions they have, once that is old', async () => {
  const time = new VirtualTime();
  const connection = { askJson: async () => [{}, {}] } as unknown as Connection;
  const metadata = new TopicMetadata(connection, time, 60_000);
  await metadata.ask('old');
  await time.run(time.sleep(60_001));
  await metadata.ask('new');
  for (let at = 0; at < topicsKept; at++) await metadata.ask(`topic-${at}`);
  expect(metadata.partitions('old')).toBe(undefined);
  expect(metadata.partitions('new')).toBe(2);
});
