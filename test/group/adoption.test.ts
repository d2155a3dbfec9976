// How members come to have what their target gives them: properties of any number of them that plan
// and act in any order, over leases that only follow the plans.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planAdoption } from '../../shared/group/adoption.ts';
import type { Holding } from '../../shared/group/holdings.ts';
import type { Lease } from '../../shared/group/lease.ts';
import type { TopicPartition } from '../../shared/group/target.ts';
import {
  type EpochMillis,
  type GroupLife,
  type Incarnation,
  topicIdBytes,
  topicIdOf,
} from '../../shared/ids.ts';

const topicId = topicIdOf(new Uint8Array(topicIdBytes));
const life = 'life' as GroupLife;
const members = ['anna', 'bert', 'carl'] as Incarnation[];
const partitions = [0, 1, 2, 3, 4];

type Owners = readonly (Incarnation | undefined)[];

const anyone = fc.option(fc.constantFrom(...members), { nil: undefined });
const owners: fc.Arbitrary<Owners> = fc.array(anyone, { minLength: 5, maxLength: 5 });
const living = fc.subarray(members, { minLength: 1 });

function leasesOf(all: Owners): Lease[] {
  return all.map((owner, partition) => leaseOf(partition, owner, 1));
}

function leaseOf(partition: number, owner: Incarnation | undefined, fence: number): Lease {
  return {
    id: { topicId, partition },
    topic: 'orders',
    owner,
    fence,
    takenIn: 0,
    life,
    commit: { offset: 10 * partition, metadata: '', at: 0 as EpochMillis },
    until: undefined,
    progress: undefined,
  };
}

function ownOf(target: Owners, member: Incarnation): TopicPartition[] {
  const own = partitions.filter((partition) => target[partition] === member);
  return own.map((partition) => ({ topic: 'orders', topicId, partition }));
}

const sessionsOf = (all: readonly Incarnation[]) =>
  new Map(all.map((one) => [one, 0 as EpochMillis]));

test('it takes nothing that a living member has, and gives up nothing that is its own', () => {
  fc.assert(
    fc.property(owners, owners, living, (now, target, alive) => {
      const [incarnation] = alive as [Incarnation];
      const leases = leasesOf(now);
      const own = ownOf(target, incarnation);
      const facts = { leases, sessions: sessionsOf(alive), life };
      const plan = planAdoption({ incarnation, holdings: [] }, own, facts);
      for (const { partition } of plan.takes) {
        expect(target[partition]).toBe(incarnation);
        expect(alive).not.toContain(now[partition]);
      }
      for (const { id } of plan.givesUp) {
        expect(now[id.partition]).toBe(incarnation);
        expect(target[id.partition]).not.toBe(incarnation);
      }
      const planned = [...plan.keeps, ...plan.takes, ...plan.waitsFor];
      expect(planned.map(({ partition }) => partition).toSorted()).toEqual(
        own.map(({ partition }) => partition),
      );
    }),
  );
});

test('in whatever order they act, all have their own after each has acted twice', () => {
  fc.assert(
    fc.property(
      owners,
      owners,
      fc.shuffledSubarray(members, { minLength: 3 }),
      (now, to, order) => {
        const leases = leasesOf(now);
        const target = to.map((owner) => owner ?? members[0]);
        for (const incarnation of [...order, ...order]) {
          const facts = { leases, sessions: sessionsOf(members), life };
          const own = ownOf(target, incarnation);
          const plan = planAdoption({ incarnation, holdings: [] }, own, facts);
          for (const { id, fence } of plan.givesUp) {
            leases[id.partition] = leaseOf(id.partition, undefined, fence);
          }
          for (const { partition, before } of plan.takes) {
            leases[partition] = leaseOf(partition, incarnation, (before?.fence ?? 0) + 1);
          }
        }
        expect(leases.map(({ owner }) => owner)).toEqual(target);
      },
    ),
  );
});

test('a position counts with its lease’s fence; else reading begins at what is committed', () => {
  const incarnation = members[0] as Incarnation;
  const leases = leasesOf([incarnation, incarnation, undefined, undefined, undefined]);
  const held = (partition: number, fence: number): Holding => ({
    ...{ topic: 'orders', topicId, partition, fence, takenIn: 0 },
    ...{ position: 77, delivered: 77, committed: 0 },
  });
  const own = ownOf([incarnation, incarnation], incarnation);
  const facts = { leases, sessions: sessionsOf([incarnation]), life };
  const holdings = [held(0, 1), held(1, 9)];
  const { keeps } = planAdoption({ incarnation, holdings }, own, facts);
  expect(keeps.map(({ position }) => position)).toEqual([77, 10]);
  const other = { ...facts, life: 'another' as GroupLife };
  const anew = planAdoption({ incarnation, holdings: [] }, own, other);
  expect(anew.keeps.map(({ position }) => position)).toEqual([-1, -1]);
});
