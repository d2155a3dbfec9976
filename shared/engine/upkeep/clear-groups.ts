// Clearing away what deleted groups have left, where whoever deleted them did not come to the end.
// The name by which a group is listed goes last, so a deleted one that is listed yet is one of
// them.

import { groupsPk } from '../../store/group-items.ts';
import type { Call, Engine } from '../engine.ts';
import { clearDeletedGroup } from '../group/delete-group.ts';
import { findGroup } from '../group/read-group.ts';
import { inRuns } from '../in-runs.ts';
import { queryAll } from '../query-all.ts';
import { fromAnywhere } from './from-anywhere.ts';

const groupsAtOnce = 8;

/** @returns how many there were.
 * @throws EngineError THROTTLED, UNAVAILABLE, OUTCOME_UNKNOWN: the next run goes on */
export async function clearGroups(engine: Engine, call: Call): Promise<number> {
  const listed = await queryAll(engine, call, { pk: groupsPk });
  const cleared = await inRuns(fromAnywhere(engine, listed), groupsAtOnce, async ({ sk: name }) => {
    const group = await findGroup(engine, call, name);
    if (group?.isDeleted !== true) return false;
    await clearDeletedGroup(engine, call, name);
    return true;
  });
  return cleared.filter(Boolean).length;
}
