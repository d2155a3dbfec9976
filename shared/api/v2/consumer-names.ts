// Names of groups and consumer instances, as paths and bodies give them. What no store keeps and no
// path leads to is no name.

import { groupOf } from '../../access/acl.ts';
import { unknownInstance } from '../../engine/group/attend.ts';
import type { InstanceName } from '../../engine/group/read-group.ts';
import { EngineError } from '../../errors.ts';
import { groupNameLengthMax, instanceNameLengthMax } from '../../limits.ts';
import { type Exchange, pathParameter } from '../exchange.ts';

/** Of a group that is to be, if it is not yet. @throws EngineError INVALID_FIELD, FORBIDDEN. */
export function groupParameter(exchange: Exchange): string {
  const group = pathParameter(exchange, 'group');
  checkGroupName(group);
  exchange.access.need('READ', groupOf(group));
  return group;
}

/** @throws EngineError INVALID_FIELD. */
export function checkGroupName(name: string): void {
  checkName(name, 'group', groupNameLengthMax);
}

/** @throws EngineError INVALID_FIELD. */
export function checkInstanceName(name: string): void {
  checkName(name, 'name', instanceNameLengthMax);
}

/** An instance that is asked for something, by one who may be in its group. A name that none can
 * have is refused here, before a store is asked for it.
 * @throws EngineError UNKNOWN_INSTANCE, FORBIDDEN. */
export function instanceParameters(exchange: Exchange): InstanceName {
  const group = pathParameter(exchange, 'group');
  const instance = pathParameter(exchange, 'instance');
  const fault = nameFault(group, groupNameLengthMax) ?? nameFault(instance, instanceNameLengthMax);
  if (fault !== undefined) throw unknownInstance();
  exchange.access.need('READ', groupOf(group));
  return { group, instance };
}

function checkName(name: string, field: string, lengthMax: number): void {
  const fault = nameFault(name, lengthMax);
  if (fault === undefined) return;
  throw new EngineError('INVALID_FIELD', `${field}: ${fault}`, { field, limit: lengthMax });
}

/** In a URL `.` and `..` are steps, however they are written. What a path says is well-formed
 * Unicode, and what a body says is checked by its schema. */
function nameFault(name: string, lengthMax: number): string | undefined {
  if (name.length < 1 || name.length > lengthMax)
    return `must be 1 to ${lengthMax} characters long`;
  return name === '.' || name === '..' ? 'must not be "." or ".."' : undefined;
}
