// The group that a subscription takes for its own: one that is there, and in which nobody is, with
// what is committed in it, as Lambda's event source mappings do; or one that is made for it.
//
// One that is made is fresh until the subscription is there. What a creation that ended half way
// has committed in it is nobody's: whoever comes next, a subscription or an instance, draws another
// life.

import { type Group, isForgotten } from '../../group/group.ts';
import { freshGroupWrite, refreshGroupWrite } from '../../group/own-group.ts';
import type { EpochMillis } from '../../ids.ts';
import { groupNameItem, groupNameKey } from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { endSessions } from '../group/change-group.ts';
import { drawLife, notEmpty } from '../group/empty-group.ts';
import { groupOfSubscription } from '../group/instances.ts';
import { findGroup } from '../group/read-group.ts';
import { repeatableTransaction } from '../retry.ts';

/** @returns 'changed': somebody came between.
 * @throws EngineError GROUP_NOT_EMPTY, ILLEGAL_STATE: it is another subscription's; THROTTLED,
 *   UNAVAILABLE, OUTCOME_UNKNOWN */
export async function groupToTake(
  engine: Engine,
  call: Call,
  name: string,
  now: EpochMillis,
): Promise<Group | 'changed'> {
  const settled = await endSessions(engine, call, name);
  const group = settled?.group ?? (await findGroup(engine, call, name));
  if (group !== undefined && !group.isDeleted) {
    if (group.subscription !== undefined) throw groupOfSubscription();
    if (group.sessions.size > 0) throw notEmpty();
    if (!group.isFresh && !isForgotten(group, now)) return group;
  }
  const life = drawLife(engine);
  const { result } = await repeatableTransaction(engine, call, [
    group === undefined ? freshGroupWrite(name, life, now) : refreshGroupWrite(group, life, now),
    { put: { ...groupNameKey(name), [groupNameItem.life]: life } },
  ]);
  const made = result.kind === 'done' ? await findGroup(engine, call, name) : undefined;
  return made?.life === life && isFree(made) ? made : 'changed';
}

function isFree({ subscription, sessions }: Group): boolean {
  return subscription === undefined && sessions.size === 0;
}
