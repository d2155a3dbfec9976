// Writing an instance's item, if no other request has written it since it was read.

import { EngineError } from '../../errors.ts';
import {
  changed,
  type Member,
  type MemberChange,
  memberWrite,
  readMember,
} from '../../group/member.ts';
import { drawnLifeBytes, type Incarnation, incarnationOf } from '../../ids.ts';
import { conflictTriesMax } from '../../limits.ts';
import type { Call, Engine } from '../engine.ts';
import { outcomeUnknown, repeatableWrite } from '../retry.ts';
import { memberNamed, unknownInstance } from './attend.ts';
import type { InstanceName } from './read-group.ts';

/** A word that tells one write of an item from all others. */
export function drawWriter(engine: Engine): string {
  return incarnationOf(engine.chance.bytes(drawnLifeBytes));
}

/** @returns 'collided': another request of the instance came between, and nothing of this is done.
 * @throws EngineError UNKNOWN_INSTANCE, OUTCOME_UNKNOWN, THROTTLED, UNAVAILABLE */
export async function saveMember(
  engine: Engine,
  call: Call,
  { group, member }: { readonly group: string; readonly member: Member },
  change: MemberChange,
): Promise<Member | 'collided'> {
  const writer = drawWriter(engine);
  const write = memberWrite(group, member, change, writer);
  const { result, maybeDone } = await repeatableWrite(engine, call, write);
  if (result.kind === 'refused') {
    const now = result.current === undefined ? undefined : readMember(result.current);
    if (now?.incarnation !== member.incarnation) throw unknownInstance();
    // What another has written may stand on this.
    if (now.writer !== writer && maybeDone) throw outcomeUnknown();
    if (now.writer !== writer) return 'collided';
  }
  return changed(member, change, writer);
}

/** Decides a change of the instance as it is, and writes it, until nobody comes between.
 * @throws EngineError of `decide`, and as saveMember */
export async function changeMember(
  engine: Engine,
  call: Call,
  name: InstanceName & { readonly incarnation: Incarnation },
  decide: (member: Member) => MemberChange | Promise<MemberChange>,
): Promise<void> {
  for (let tries = 1; tries <= conflictTriesMax; tries++) {
    const member = await memberNamed(engine, call, name);
    if (member.incarnation !== name.incarnation) throw unknownInstance();
    const saved = await saveMember(
      engine,
      call,
      { group: name.group, member },
      await decide(member),
    );
    if (saved !== 'collided') return;
  }
  throw new EngineError('UNAVAILABLE', 'others use the same instance; try again');
}
