// What is read of a group: its item, its members, its leases, its target. All of it strongly.

import { EngineError } from '../../errors.ts';
import { type Group, readGroup } from '../../group/group.ts';
import { type Lease, readLease } from '../../group/lease.ts';
import { type Member, readMember } from '../../group/member.ts';
import { noTarget, readTarget, type Target } from '../../group/target.ts';
import type { PartitionId, TopicId } from '../../ids.ts';
import {
  groupKey,
  groupPk,
  leaseKey,
  leaseSks,
  memberKey,
  memberSks,
  targetKey,
} from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { queryAll } from '../query-all.ts';
import { repeatable } from '../retry.ts';

export type InstanceName = { readonly group: string; readonly instance: string };

export async function findMember(
  engine: Engine,
  call: Call,
  { group, instance }: InstanceName,
): Promise<Member | undefined> {
  const key = memberKey(group, instance);
  const item = await repeatable(engine, call, () => call.table.get(key, { strong: true }));
  return item === undefined ? undefined : readMember(item);
}

/** Deleted or not; undefined: there is none. */
export async function findGroup(
  engine: Engine,
  call: Call,
  name: string,
): Promise<Group | undefined> {
  const key = groupKey(name);
  const item = await repeatable(engine, call, () => call.table.get(key, { strong: true }));
  return item === undefined ? undefined : readGroup(name, item);
}

/** Those whose session is not ended. @param group read before. */
export async function membersOf(
  engine: Engine,
  call: Call,
  { name, sessions }: Group,
): Promise<readonly Member[]> {
  const items = await queryAll(engine, call, { pk: groupPk(name), ...memberSks });
  return items.map(readMember).filter(({ incarnation }) => sessions.has(incarnation));
}

/** In the order of their keys. */
export async function leasesOf(
  engine: Engine,
  call: Call,
  group: string,
): Promise<readonly Lease[]> {
  const items = await queryAll(engine, call, { pk: groupPk(group), ...leaseSks });
  return items.map(readLease);
}

/** Those of a topic. */
export async function leasesByPartition(
  engine: Engine,
  call: Call,
  group: string,
  topicId: TopicId,
): Promise<ReadonlyMap<number, Lease>> {
  const own = (await leasesOf(engine, call, group)).filter(({ id }) => id.topicId === topicId);
  return new Map(own.map((lease) => [lease.id.partition, lease]));
}

export async function leaseOf(
  engine: Engine,
  call: Call,
  group: string,
  id: PartitionId,
): Promise<Lease | undefined> {
  const key = leaseKey(group, id);
  const item = await repeatable(engine, call, () => call.table.get(key, { strong: true }));
  return item === undefined ? undefined : readLease(item);
}

export async function targetOf(engine: Engine, call: Call, group: string): Promise<Target> {
  const key = targetKey(group);
  const item = await repeatable(engine, call, () => call.table.get(key, { strong: true }));
  return item === undefined ? noTarget : readTarget(item);
}

export function unknownGroup(): EngineError {
  return new EngineError('UNKNOWN_GROUP', 'group: there is no such group', { field: 'group' });
}
