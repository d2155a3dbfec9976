// Clearing away what deleted groups have left, where whoever deleted them did not come to the end;
// and deleting those that nobody has been in for so long that they are forgotten (KIP-211). The
// name by which a group is listed goes last, so a deleted one that is listed yet is one of them.

import { isForgotten } from '../../group/group.ts';
import { groupsPk } from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { clearDeletedGroup, deleteForgottenGroup } from '../group/delete-group.ts';
import { findGroup } from '../group/read-group.ts';
import { inRuns } from '../in-runs.ts';
import { queryAll } from '../query-all.ts';
import { fromAnywhere } from './from-anywhere.ts';

const groupsAtOnce = 8;

/** @returns how many there were.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: the next run goes on */
export async function clearGroups(engine: Engine, call: Call): Promise<number> {
  const listed = await queryAll(engine, call, { pk: groupsPk });
  const cleared = await inRuns(fromAnywhere(engine, listed), groupsAtOnce, ({ sk: name }) => {
    return clearGroup(engine, call, name);
  });
  return cleared.filter(Boolean).length;
}

async function clearGroup(engine: Engine, call: Call, name: string): Promise<boolean> {
  const group = await findGroup(engine, call, name);
  if (group === undefined) return false;
  if (!group.isDeleted) {
    if (!isForgotten(group, engine.clock.now())) return false;
    return deleteForgottenGroup(engine, call, name);
  }
  await clearDeletedGroup(engine, call, name);
  return true;
}
