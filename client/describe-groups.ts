// Groups of consumers, and who is in them.

import { type Assignment, encodeAssignment, encodeMetadata } from './assigner-protocol.ts';
import { SluiceError } from './errors.ts';
import { naming } from './naming.ts';
import { clusterPath, segment } from './path.ts';
import { type CallOptions, eachOf, type Requests } from './requests.ts';
import { expectList } from './within.ts';

export const groupsPath = `${clusterPath}/consumer-groups`;

export function groupPath(groupId: string): string {
  return `${groupsPath}/${segment('groupId', groupId)}`;
}

export const groupNames = {
  404: 'GROUP_ID_NOT_FOUND',
  409: 'NON_EMPTY_GROUP',
  40301: 'GROUP_AUTHORIZATION_FAILED',
} as const;

export type ConsumerGroupState = 'Dead' | 'Empty' | 'PreparingRebalance' | 'Stable';

export type MemberDescription = {
  readonly memberId: string;
  readonly clientId: string;
  /** '': the engine keeps no addresses. */
  readonly clientHost: string;
  /** What it reads, as AssignerProtocol.MemberAssignment decodes it. */
  readonly memberAssignment: Buffer;
  /** Of which topics that is, as AssignerProtocol.MemberMetadata decodes it. */
  readonly memberMetadata: Buffer;
};

export type GroupDescription = {
  readonly groupId: string;
  readonly errorCode: 0;
  readonly members: MemberDescription[];
  /** How partitions are assigned; '': nobody is in it. */
  readonly protocol: string;
  readonly protocolType: 'consumer';
  /** Dead: there is no such group. */
  readonly state: ConsumerGroupState;
};

/** What is used of v3's replies. */
type GroupReply = {
  readonly state: keyof typeof states;
  readonly partition_assignor: string;
};
type MemberReply = { readonly consumer_id: string; readonly client_id: string };
type AssignmentReply = { readonly topic_name: string; readonly partition_id: number };

const states = {
  STABLE: 'Stable',
  PREPARING_REBALANCE: 'PreparingRebalance',
  EMPTY: 'Empty',
} as const;

export async function describeGroups(
  requests: Requests,
  groupIds: readonly string[],
  options: CallOptions,
): Promise<{ groups: GroupDescription[] }> {
  expectList('groupIds', groupIds);
  const found = await eachOf(groupIds, (groupId) => {
    return findGroup(requests, groupId, options).catch(naming(groupNames));
  });
  const all = found.flatMap(({ groupId, members }) => members.map((one) => ({ groupId, ...one })));
  const described = await eachOf(all, async ({ groupId, consumer_id, client_id }) => {
    const path = `${groupPath(groupId)}/consumers/${segment('memberId', consumer_id)}/assignments`;
    const places = await requests.list<AssignmentReply>(path, options).catch(undefinedIfGone);
    return { groupId, member: places && memberOf(consumer_id, client_id, places) };
  });
  return {
    groups: found.map(({ groupId, group, members }) => ({
      groupId,
      errorCode: 0,
      members: described.flatMap(({ groupId: id, member }) => {
        return id === groupId && member !== undefined ? [member] : [];
      }),
      protocol: members.length === 0 ? '' : (group?.partition_assignor ?? ''),
      protocolType: 'consumer',
      state: group === undefined ? 'Dead' : states[group.state],
    })),
  };
}

/** @returns no group: there is none of that name. */
async function findGroup(requests: Requests, groupId: string, options: CallOptions) {
  const path = groupPath(groupId);
  const group = await requests
    .ask<GroupReply>({ ...options, method: 'GET', path })
    .catch(undefinedIfGone);
  const members =
    group &&
    (await requests.list<MemberReply>(`${path}/consumers`, options).catch(undefinedIfGone));
  return { groupId, group, members: members ?? [] };
}

/** It may have gone since it was told of. */
function undefinedIfGone(error: unknown): undefined {
  if (error instanceof SluiceError && error.status === 404) return undefined;
  throw error;
}

function memberOf(
  memberId: string,
  clientId: string,
  places: readonly AssignmentReply[],
): MemberDescription {
  const byTopic = Map.groupBy(places, ({ topic_name }) => topic_name);
  const assignment: Assignment = Object.fromEntries(
    [...byTopic].map(([topic, own]) => [topic, own.map(({ partition_id }) => partition_id)]),
  );
  return {
    memberId,
    clientId,
    clientHost: '',
    memberAssignment: encodeAssignment({ version: 0, assignment, userData: Buffer.alloc(0) }),
    memberMetadata: encodeMetadata({
      version: 0,
      topics: [...byTopic.keys()],
      userData: Buffer.alloc(0),
    }),
  };
}
