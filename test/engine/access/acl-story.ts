// The sentences of stories about ACLs.

import type { Acl } from '../../../shared/access/acl.ts';
import type { AclFilter } from '../../../shared/access/acl-filter.ts';
import { createAcls, deleteAcls, findAcls, knownAcls } from '../../../shared/engine/access/acls.ts';
import { triesMax } from '../../../shared/limits.ts';
import { aclOf } from '../../access/naive-acls.ts';
import type { Fault } from '../../world/faults.ts';
import type { World } from '../../world/world.ts';

export const read = aclOf(['READ', 'TOPIC', 'orders']);
export const write = aclOf(['WRITE', 'TOPIC', 'orders']);

/** A process of its own. */
export function open(world: World) {
  const engine = world.newEngine();
  return {
    engine,
    create: (...acls: Acl[]) => createAcls(engine, world.call(engine), acls),
    remove: (filter: AclFilter) => deleteAcls(engine, world.call(engine), filter),
    find: (filter: AclFilter = {}) => findAcls(engine, world.call(engine), filter),
    known: () => knownAcls(engine, world.call(engine)),
  };
}

export function many(count: number, operation: Acl['operation'] = 'READ'): readonly Acl[] {
  return Array.from({ length: count }, (_, at) => aclOf([operation, 'TOPIC', `t${at}`]));
}

export function operationsOf(acls: readonly Acl[]): readonly string[] {
  return acls.map(({ operation }) => operation).toSorted();
}

/** As often as anything is tried. */
export function always(fault: Fault): readonly Fault[] {
  return Array.from({ length: triesMax }, () => fault);
}
