// What batches keep for what is expected: a batch begins as large as the last one of its partition
// became, but all of them together do not begin larger than the producer may be.

import { expect, test, vi } from 'vitest';
import { Accumulator } from '../../../client/producer/accumulator.ts';
import { producerSettings } from '../../../client/producer/options.ts';
import { Send } from '../../../client/producer/send.ts';
import { blankRecord } from '../../../shared/record/growing-batch.ts';

const partitions = 100;

test('little in a hundred partitions keeps little, whatever they were given before', () => {
  const allocated = vi.spyOn(Buffer, 'allocUnsafeSlow');
  const settings = producerSettings({ compression: 'none' }, undefined);
  const core = new Accumulator(settings, () => 0.5);
  core.identified({ id: 3, epoch: 0 });
  const send = new Send(() => undefined);
  const record = blankRecord();
  let now = 0;
  const add = (partition: number, bytes: number) => {
    record.value = 'x'.repeat(bytes);
    record.valueBytes = bytes;
    const topic = core.topic('orders');
    core.add(record, partition, { topic, compression: 'none', send, calledAt: now, now });
  };
  const sendAll = () => {
    for (const deadline = now + 1_000; core.heldBytes > 0 && now < deadline; now += 10) {
      const step = core.next(now);
      if (step.kind !== 'send') continue;
      const stored = step.request.shares.map(() => 0);
      core.settle(step.request, stored, now);
    }
    expect(core.heldBytes).toBe(0);
  };
  for (let partition = 0; partition < partitions; partition++) add(partition, 900_000);
  sendAll();
  // What is given up before it was sealed is not expected for ever.
  for (let partition = 0; partition < partitions; partition++) add(partition, 1);
  now += settings.deliveryMillis;
  expect(core.next(now).kind).toBe('wait');
  allocated.mockClear();
  for (let partition = 0; partition < partitions; partition++) add(partition, 1);
  const kept = allocated.mock.results.reduce((sum, { value }) => sum + value.length, 0);
  expect(core.heldBytes).toBeLessThan(10_000);
  expect(kept).toBeLessThan(settings.bufferBytes / 2 + partitions * 1_024);
  // One that is busy begins as large as it was.
  sendAll();
  add(0, 900_000);
  sendAll();
  allocated.mockClear();
  for (let index = 0; index < 900; index++) add(0, 1_000);
  expect(allocated.mock.calls.length).toBeLessThanOrEqual(1);
  allocated.mockRestore();
});
