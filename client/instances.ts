// Instances of a group, as the engine's REST API has them: how one is made, by a member that comes
// to stay, and by whoever only wants the group to be there.

import { v2Type } from './media-types.ts';
import { segment } from './path.ts';

export function instancePath(groupId: string, id: string): string {
  return `${instancesPath(groupId)}/instances/${segment('instance', id)}`;
}

function instancesPath(groupId: string): string {
  return `/consumers/${segment('groupId', groupId)}`;
}

/** What is answered. */
export type NewInstance = { readonly instance_id: string };

export function isNewInstance({ instance_id: id }: NewInstance): boolean {
  return typeof id === 'string' && id !== '';
}

/** It holds nothing before it subscribes. One whose answer is lost is gone after its session.
 * @param more settings by the engine's names. */
export function newInstance(
  groupId: string,
  sessionMillis: number,
  more: Readonly<Record<string, string | number>> = {},
) {
  return {
    method: 'POST',
    path: instancesPath(groupId),
    type: v2Type,
    accept: v2Type,
    json: {
      format: 'binary',
      'auto.commit.enable': 'false',
      'session.timeout.ms': sessionMillis,
      ...more,
    },
  } as const;
}
