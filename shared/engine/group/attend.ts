// How a request of an instance begins: the instance is found by its name, and its session is
// renewed. An instance whose session was ended is unknown, whoever asks for it and however late.

import { EngineError } from '../../errors.ts';
import { type Group, readGroup, renewal } from '../../group/group.ts';
import type { Member } from '../../group/member.ts';
import type { EpochMillis } from '../../ids.ts';
import type { Call, Engine } from '../engine.ts';
import { asDefinite, repeatableWrite } from '../retry.ts';
import { findGroup, findMember, type InstanceName } from './read-group.ts';

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

export function unknownInstance(): EngineError {
  const message = 'Consumer instance not found.';
  return new EngineError('UNKNOWN_INSTANCE', message, { field: 'instance' });
}
