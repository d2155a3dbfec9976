// The watch of subscriptions' leases finds what no lease may become, and nothing in a life without
// fault.

import { expect, test } from 'vitest';
import { memoryObjects } from '../../local/memory-objects.ts';
import { freshProgress } from '../../shared/delivery/progress.ts';
import { progressWrite, takeByWorker } from '../../shared/delivery/worker-lease.ts';
import { freeCommitWrite, type Lease, readLease } from '../../shared/group/lease.ts';
import type { EpochMillis, Incarnation } from '../../shared/ids.ts';
import { topicIdBytes, topicIdOf } from '../../shared/ids.ts';
import { newHead } from '../../shared/log/head.ts';
import type { Write } from '../../shared/store/algebra.ts';
import { leaseItem, leaseKey } from '../../shared/store/group-items.ts';
import { headItem } from '../../shared/store/items.ts';
import { ReplicatedTable } from '../world/replicated-table.ts';
import { seededChance } from '../world/seeded-chance.ts';
import { VirtualTime } from '../world/virtual-time.ts';
import { subscriptionWith } from './hand-made-deliveries.ts';
import { LogWatch } from './log-watch.ts';
import { DeliveryWatch } from './triggers/delivery-watch.ts';

const topicId = topicIdOf(new Uint8Array(topicIdBytes));
const id = { topicId, partition: 0 };
const alpha = { ...subscriptionWith(), topicId };
const [anna, bert] = ['anna', 'bert'] as unknown as [Incarnation, Incarnation];
const now = 50 as EpochMillis;

/** What who writes, of the lease as it is then. */
type Step = readonly [writer: string, write: (before: Lease | undefined) => Write];

const take =
  (owner: Incarnation, until: number) =>
  (before: Lease | undefined): Write =>
    takeByWorker(alpha, id, { owner, until: until as EpochMillis }, before);

const commit =
  (owner: Incarnation, to: number, releases = false) =>
  (before: Lease | undefined): Write => {
    const tenure = { id, owner, fence: before?.fence ?? 0 };
    const moved = { before: freshProgress(before?.commit?.offset ?? 0), after: freshProgress(to) };
    return progressWrite(alpha, tenure, { ...moved, now }, { releases });
  };

const place = (offset: number) => (before: Lease | undefined) =>
  freeCommitWrite({ name: alpha.group, life: alpha.life }, { id, topic: 'orders' }, before, {
    commit: { offset, metadata: '', at: now },
    mayFall: true,
  });

const set =
  (attribute: string, value: string | number): ((_: Lease | undefined) => Write) =>
  () => ({ update: leaseKey(alpha.group, id), actions: [{ set: attribute, to: { value } }] });

async function watched(steps: readonly Step[]): Promise<DeliveryWatch> {
  let [event, writer] = [0, ''];
  const next = () => event++;
  const stored = new ReplicatedTable({ clock: new VirtualTime(), chance: seededChance(1) });
  const watch = new DeliveryWatch({
    peek: (key) => stored.peek(key),
    next,
    now: () => now,
    isTimeTrue: true,
    writer: () => writer,
  });
  const logs = new LogWatch({ stored, next, now: () => now, others: watch.changed });
  const { table } = logs.around({ objects: memoryObjects() });
  await table.write({ put: { ...newHead(id), [headItem.nextOffset]: 5, [headItem.tailBase]: 5 } });
  for (const [who, write] of steps) {
    writer = who;
    const item = stored.peek(leaseKey(alpha.group, id));
    const { kind } = await table.write(write(item && readLease(item)));
    expect(kind).toBe('done');
  }
  return watch;
}

test('a life without fault: placed, taken, committed, given up, taken again, sought', async () => {
  const { violations, moves } = await watched([
    ['p0', place(1)],
    ['p1', take(anna, 100)],
    ['p1', commit(anna, 2)],
    ['p1', commit(anna, 3, true)],
    ['p2', take(bert, 40)],
    ['p3', take(anna, 100)],
    ['p0', place(0)],
  ]);
  expect(violations).toEqual([]);
  expect(moves.map(({ from, to, by }) => [from, to, by])).toEqual([
    [0, 1, 'placed'],
    [1, 2, 'delivered'],
    [2, 3, 'delivered'],
    [3, 0, 'placed'],
  ]);
});

test.each<readonly [string, readonly Step[]]>([
  [
    'from a worker whose time is not over',
    [
      ['p1', take(anna, 100)],
      ['p2', take(bert, 100)],
    ],
  ],
  [
    'p2 wrote it, and p1 has it',
    [
      ['p1', take(anna, 100)],
      ['p2', commit(anna, 1)],
    ],
  ],
  [
    'p1 wrote it, and nobody has it',
    [
      ['p1', take(anna, 100)],
      ['p1', commit(anna, 1, true)],
      ['p1', set(leaseItem.committed, 2)],
    ],
  ],
  [
    'its fence was not raised',
    [
      ['p1', take(anna, 40)],
      ['p2', set(leaseItem.owner, 'bert')],
    ],
  ],
  [
    'its fence fell',
    [
      ['p1', take(anna, 40)],
      ['p1', set(leaseItem.fence, 0)],
    ],
  ],
  [
    'it fell from 2 to 1',
    [
      ['p1', take(anna, 100)],
      ['p1', commit(anna, 2)],
      ['p1', set(leaseItem.committed, 1)],
    ],
  ],
  ['and the log ends at 5', [['p0', place(6)]]],
])('%s: found', async (complaint, steps) => {
  expect((await watched(steps)).violations.join('\n')).toContain(complaint);
});
