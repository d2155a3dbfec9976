// Bugs of who is woken, how fast it goes, what is put back, and what sources bring.

import type { Mutant } from '../mutants.ts';

const deliver = 'shared/engine/delivery/deliver.ts';
const taking = 'shared/engine/delivery/take-turn.ts';
const create = 'shared/engine/delivery/create-subscription.ts';
const lease = 'shared/delivery/worker-lease.ts';
const sweep = 'shared/engine/delivery/sweep-subscriptions.ts';
const valve = 'shared/engine/delivery/pass-valve.ts';
const marks = 'shared/engine/ingest/marks.ts';

export const wakeUpMutants: readonly Mutant[] = [
  {
    name: 'a wake-up dropped where the partition is held',
    patches: [
      {
        file: taking,
        find: '  if (held !== undefined) await wake(engine, [wakeUp], held);\n',
        replace: '',
      },
    ],
  },
  {
    name: 'a wake-up like another that may have found nothing',
    patches: [
      {
        file: lease,
        find: '(nextOffset ?? 0) > (commit?.offset ?? at ?? Number.POSITIVE_INFINITY)',
        replace: '(nextOffset ?? 0) >= (commit?.offset ?? 0)',
      },
    ],
  },
  {
    name: 'wake-ups that are alike whoever had the partition since',
    patches: [
      {
        file: lease,
        find: '{fence}-free',
        replace: '{Math.min(fence, 1)}-free',
      },
    ],
  },
  {
    name: 'wake-ups that are alike whoever has the partition',
    patches: [
      {
        file: lease,
        find: '{fence}-held',
        replace: '{Math.min(fence, 1)}-held',
      },
    ],
  },
  {
    name: 'a wake-up passed over because of who had the partition before it',
    patches: [
      {
        file: lease,
        find: 'lease.owner === undefined && lease.fence > fence',
        replace: 'lease.owner === undefined && lease.fence >= fence',
      },
    ],
  },
  {
    name: 'a turn that is over, and nobody woken to go on',
    patches: [
      {
        file: deliver,
        find: '  await wake(engine, [{ ...wakeUp, fence, deduplicationKey }]);\n',
        replace: '  if (deduplicationKey === undefined) await wake(engine, []);\n',
      },
    ],
  },
  {
    name: 'a route written after the wake-ups',
    isRare: true,
    patches: [
      {
        file: create,
        find: '      { put: routeOf(subscription) },\n',
        replace: '',
      },
      {
        file: create,
        find: `    await wakeAll(engine, subscription, topic.partitions);
    return { answer: subscription };
`,
        replace: `    await wakeAll(engine, subscription, topic.partitions);
    await repeatableTransaction(engine, call, [{ put: routeOf(subscription) }]);
    return { answer: subscription };
`,
      },
    ],
  },
  {
    name: 'a sweep that passes over partitions without a lease',
    patches: [
      {
        file: sweep,
        find: 'if (at >= head.nextOffset || isHeld) return [];',
        replace: 'if (at >= head.nextOffset || isHeld || lease === undefined) return [];',
      },
    ],
  },
  {
    name: 'a partition that comes later, and that nobody follows',
    patches: [
      {
        file: 'shared/engine/topics.ts',
        find: '  await followGrowth(engine, call, topic.id, added);\n',
        replace: '  if (added.from < 0) await followGrowth(engine, call, topic.id, added);\n',
      },
      {
        file: sweep,
        find: 'if (found === undefined) return [];',
        replace: 'if (found === undefined || !found.isFollowed) return [];',
      },
    ],
  },
  {
    name: 'a resumed subscription that wakes nobody',
    patches: [
      {
        file: 'shared/engine/delivery/change-subscription.ts',
        find: "if (state === 'running') await wakeAll(",
        replace: "if (state !== 'running') await wakeAll(",
      },
    ],
  },
  {
    name: 'a valve that every worker has for himself',
    patches: [
      {
        file: valve,
        find: 'subscriptionValve(subscription.id, ',
        replace: 'subscriptionValve(turn.tenure.owner, ',
      },
    ],
  },
  {
    name: 'as many deliveries at once as there are partitions',
    patches: [
      {
        file: 'shared/delivery/subscription.ts',
        find: '  return queues === 0 ? partition : partition % queues;\n',
        replace: '  return queues < 0 ? 0 : partition;\n',
      },
    ],
  },
  {
    name: 'a seek that fences nobody',
    patches: [
      {
        file: 'shared/group/lease.ts',
        find: `      { remove: leaseItem.owner },
      set(leaseItem.fence, before.fence + 1),
      set(leaseItem.life, life),`,
        replace: '      set(leaseItem.life, life),',
      },
    ],
  },
  {
    name: 'dead letters put back without noting it',
    isRare: true,
    patches: [
      {
        file: 'shared/engine/delivery/redrive.ts',
        find: 'joining: async () => [joining(write)],',
        replace: 'joining: async () => (write ? [] : [joining(write)]),',
      },
    ],
  },
  {
    name: 'a mark put whether it is there or not',
    patches: [
      {
        file: marks,
        find: ', if: ifFree(now) };',
        replace: ', if: ifFree(now * 1e6 as EpochMillis) };',
      },
    ],
  },
  {
    name: 'a shard whose last record is brought again',
    patches: [
      {
        file: marks,
        find: "is: '<', to: mark.first",
        replace: "is: '<=', to: mark.first",
      },
    ],
  },
  {
    name: 'a shard’s sequences compared as they are written',
    patches: [
      {
        file: 'shared/ingest/kinesis.ts',
        find: "  return number.padStart(sequenceDigitsMax, '0');",
        replace: '  return number;',
      },
    ],
  },
];
