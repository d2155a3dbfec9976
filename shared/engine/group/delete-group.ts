// Deleting a group, in steps that whoever asks again goes on with: a mark on its item, with which
// all that was committed is void; then its leases and its target, on condition that they are of its
// last life; then the name by which it is listed. The item stays a while, so that its generations
// are not used again, for whoever comes late.

import { timeToLiveAttribute } from '../../contract.ts';
import { EngineError } from '../../errors.ts';
import { type Group, isForgotten } from '../../group/group.ts';
import type { EpochMillis } from '../../ids.ts';
import { groupGraveMillis, leasesInFlightMax } from '../../limits.ts';
import type { Item, Write } from '../../store/algebra.ts';
import {
  groupItem,
  groupNameItem,
  groupNameKey,
  leaseItem,
  leaseKey,
  targetItem,
  targetKey,
} from '../../store/group-items.ts';
import { expiresAt } from '../../store/items.ts';
import type { Call, Engine } from '../engine.ts';
import { inRuns } from '../in-runs.ts';
import { repeatable, repeatableWrite } from '../retry.ts';
import { drawLife, notEmpty, type Settlement, settleEmpty } from './empty-group.ts';
import { groupOfSubscription } from './instances.ts';
import { findGroup, leasesOf, targetOf } from './read-group.ts';

/** It is none to anybody, and what was committed is forgotten, once this returns.
 * @throws EngineError UNKNOWN_GROUP, GROUP_NOT_EMPTY, ILLEGAL_STATE, THROTTLED, UNAVAILABLE; of
 *   unknown outcome, and safe to send again: OUTCOME_UNKNOWN */
export async function deleteGroup(engine: Engine, call: Call, name: string): Promise<void> {
  const found = await findGroup(engine, call, name);
  const listed = await listedAs(engine, call, name);
  if (found?.isDeleted !== true || listed === undefined) {
    await settleEmpty(engine, call, name, (group, now) => deletion(engine, group, now));
  }
  await clearDeletedGroup(engine, call, name);
}

/** One that nobody has been in for so long that what is committed in it counts for nothing.
 * @returns false: somebody is, or was; or it is gone.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: to be done again */
export async function deleteForgottenGroup(
  engine: Engine,
  call: Call,
  name: string,
): Promise<boolean> {
  try {
    await settleEmpty(engine, call, name, (group, now) => {
      if (!isForgotten(group, now)) throw notEmpty();
      return deletion(engine, group, now);
    });
  } catch (error) {
    const code = error instanceof EngineError ? error.code : undefined;
    if (code === 'GROUP_NOT_EMPTY' || code === 'UNKNOWN_GROUP') return false;
    throw error;
  }
  await clearDeletedGroup(engine, call, name);
  return true;
}

/** @throws EngineError ILLEGAL_STATE: it is a subscription's. */
function deletion(engine: Engine, { subscription }: Group, now: EpochMillis): Settlement {
  if (subscription !== undefined) throw groupOfSubscription();
  return {
    life: drawLife(engine),
    actions: [
      { set: groupItem.deleted, to: { value: true } },
      { set: timeToLiveAttribute, to: { value: graveAt(now) } },
    ],
  };
}

export function graveAt(now: EpochMillis): number {
  return expiresAt(now + groupGraveMillis)[timeToLiveAttribute] as number;
}

async function listedAs(engine: Engine, call: Call, name: string): Promise<Item | undefined> {
  const get = () => call.table.get(groupNameKey(name), { strong: true });
  return repeatable(engine, call, get);
}

/** What is left of a deleted group, if it is that yet; what is of another life than the deleted one
 * is left to it. */
export async function clearDeletedGroup(engine: Engine, call: Call, name: string): Promise<void> {
  const [listed, leases, target] = await Promise.all([
    listedAs(engine, call, name),
    leasesOf(engine, call, name),
    targetOf(engine, call, name),
  ]);
  // Read after them: while it is deleted yet, nothing of them is of a life that came after it.
  const group = await findGroup(engine, call, name);
  if (group === undefined || !group.isDeleted) return;
  const old = leases.filter(({ life }) => life !== group.life);
  await inRuns(old, leasesInFlightMax, ({ id, life }) => {
    return clear(engine, call, { delete: leaseKey(name, id), if: is(leaseItem.life, life) });
  });
  const ofTarget = is(targetItem.generation, target.generation);
  await clear(engine, call, { delete: targetKey(name), if: ofTarget });
  const life = listed?.[groupNameItem.life];
  if (typeof life !== 'string' || life === group.life) return;
  await clear(engine, call, { delete: groupNameKey(name), if: is(groupNameItem.life, life) });
}

function is(attribute: string, to: string | number) {
  return { attribute, is: '=', to } as const;
}

async function clear(engine: Engine, call: Call, write: Write): Promise<void> {
  await repeatableWrite(engine, call, write);
}
