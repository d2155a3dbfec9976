// What is read of a group, and how a request of one of its instances begins: the instance is found
// by its name, and its session is renewed. An instance whose session was ended is unknown, whoever
// asks for it and however late.

import { EngineError } from '../../errors.ts';
import { type Group, readGroup, renewal } from '../../group/group.ts';
import { type Lease, readLease } from '../../group/lease.ts';
import { type Member, readMember } from '../../group/member.ts';
import { noTarget, readTarget, type Target } from '../../group/target.ts';
import type { EpochMillis, Incarnation, PartitionId } from '../../ids.ts';
import { leasesPerQuery } from '../../limits.ts';
import type { Item } from '../../store/algebra.ts';
import {
  groupKey,
  groupPk,
  leaseKey,
  leaseSks,
  memberKey,
  memberSks,
  targetKey,
} from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { asDefinite, repeatable, repeatableWrite } from '../retry.ts';

export type InstanceName = { readonly group: string; readonly instance: string };

/** An instance that lives, in its group as it is now. */
export type Attendance = { readonly group: Group; readonly member: Member };

/** Of a poll: one strong read and one write. The session lasts from the end of the wait on.
 * @throws EngineError UNKNOWN_INSTANCE, THROTTLED, UNAVAILABLE */
export async function attendPoll(
  engine: Engine,
  call: Call,
  name: InstanceName,
  waitMillisOf: (member: Member) => number,
): Promise<Attendance> {
  const member = await memberNamed(engine, call, name);
  const millis = waitMillisOf(member) + member.settings.sessionMillis;
  const group = await renew(engine, call, name.group, member, millis);
  return { group, member };
}

/** Of any other request: two strong reads, and a write only when half of the session is over.
 * @throws EngineError UNKNOWN_INSTANCE, THROTTLED, UNAVAILABLE */
export async function attend(engine: Engine, call: Call, name: InstanceName): Promise<Attendance> {
  const [member, group] = await Promise.all([
    memberNamed(engine, call, name),
    findGroup(engine, call, name.group),
  ]);
  const until = group?.sessions.get(member.incarnation);
  if (group === undefined || until === undefined) throw unknownInstance();
  const { sessionMillis } = member.settings;
  if (until - engine.clock.now() >= sessionMillis / 2) return { group, member };
  return { group: await renew(engine, call, name.group, member, sessionMillis), member };
}

async function renew(
  engine: Engine,
  call: Call,
  group: string,
  { incarnation }: Member,
  millis: number,
): Promise<Group> {
  const until = (engine.clock.now() + millis) as EpochMillis;
  const write = renewal(group, incarnation, until);
  const { result } = await repeatableWrite(engine, call, write).catch(asDefinite);
  const item = result.kind === 'done' ? result.item : result.current;
  const now = item === undefined ? undefined : readGroup(group, item);
  // Refused by a longer session, it is as good as renewed.
  if (now?.sessions.has(incarnation)) return now;
  throw unknownInstance();
}

/** @throws EngineError UNKNOWN_INSTANCE */
export async function memberNamed(
  engine: Engine,
  call: Call,
  { group, instance }: InstanceName,
): Promise<Member> {
  const member = await findMember(engine, call, { group, instance });
  if (member === undefined) throw unknownInstance();
  return member;
}

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
  const items = await all(engine, call, { pk: groupPk(name), ...memberSks });
  return items.map(readMember).filter(({ incarnation }) => sessions.has(incarnation));
}

/** By partition, as a lease's key names it. */
export async function leasesOf(
  engine: Engine,
  call: Call,
  group: string,
): Promise<readonly Lease[]> {
  const items = await all(engine, call, { pk: groupPk(group), ...leaseSks });
  return items.map(readLease);
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

async function all(
  engine: Engine,
  call: Call,
  range: { readonly pk: string; readonly from: string; readonly to: string },
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (;;) {
    const last = items.at(-1);
    const from = last === undefined ? range.from : `${last.sk}\0`;
    const query = { ...range, from, limit: leasesPerQuery, strong: true };
    const page = await repeatable(engine, call, () => call.table.query(query));
    items.push(...page);
    if (page.length < leasesPerQuery) return items;
  }
}

export function unknownInstance(): EngineError {
  const message = 'Consumer instance not found.';
  return new EngineError('UNKNOWN_INSTANCE', message, { field: 'instance' });
}

export function unknownGroup(): EngineError {
  return new EngineError('UNKNOWN_GROUP', 'group: there is no such group', { field: 'group' });
}

/** Its session is there, over or not. */
export function isIn({ sessions }: Group, incarnation: Incarnation | undefined): boolean {
  return incarnation !== undefined && sessions.has(incarnation);
}
