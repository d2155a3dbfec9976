// Groups of consumers: which there are, and deleting them.

import { groupNames, groupPath, groupsPath } from '../describe-groups.ts';
import { naming } from '../naming.ts';
import { type CallOptions, eachOf, type Requests } from '../requests.ts';
import { expectList } from '../within.ts';
import {
  attempt,
  errorCodeOf,
  type FailedGroup,
  isGone,
  SluiceAggregateError,
} from './failures.ts';

export type GroupOverview = { readonly groupId: string; readonly protocolType: 'consumer' };

export type DeleteGroupsResult = { readonly groupId: string; readonly errorCode: 0 };

/** What is used of v3's reply. */
type GroupReply = { readonly consumer_group_id: string };

export async function listGroups(
  requests: Requests,
  options: CallOptions,
): Promise<{ groups: GroupOverview[] }> {
  const groups = await requests.list<GroupReply>(groupsPath, options);
  return {
    groups: groups.map(({ consumer_group_id }) => {
      return { groupId: consumer_group_id, protocolType: 'consumer' };
    }),
  };
}

export async function deleteGroups(
  requests: Requests,
  groupIds: readonly string[],
  options: CallOptions,
): Promise<DeleteGroupsResult[]> {
  expectList('groupIds', groupIds);
  const failures = await eachOf(groupIds, async (groupId): Promise<FailedGroup[]> => {
    const deleted = requests.ask({ ...options, method: 'DELETE', path: groupPath(groupId) });
    const tried = await attempt(deleted.catch(naming(groupNames)), { groupId });
    if ('done' in tried || isGone(tried.failure)) return [];
    return [{ groupId, errorCode: errorCodeOf(tried.failure), error: tried.failure }];
  });
  const groups = failures.flat();
  const [first, ...rest] = groups.map(({ error }) => error);
  if (first !== undefined) {
    throw new SluiceAggregateError('Groups were not deleted', [first, ...rest], { groups });
  }
  return groupIds.map((groupId) => ({ groupId, errorCode: 0 }));
}
