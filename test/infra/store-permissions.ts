// What the roles of functions let be done to the stores: the stack is held to it
// here, and what functions do is held to it where they are tested.

import type { HandlerName } from '../../shared/contract.ts';

type Access = Readonly<Record<string, readonly string[]>>;

const getsSegments = [
  's3:GetObject <EngineSegmentsBucket>/segments/*',
  's3:ListBucket <EngineSegmentsBucket>',
];
const putsSegments = ['s3:PutObject <EngineSegmentsBucket>/segments/*'];

/** @param access by action: the partition keys. */
function onTable(access: Access): string[] {
  return Object.entries(access).map(
    ([action, keys]) => `dynamodb:${action} <EngineTable> (${keys.join(', ')})`,
  );
}

function reads(...keys: readonly string[]): Access {
  return { GetItem: keys, Query: keys };
}

function appends(...keys: readonly string[]): Access {
  return { PutItem: keys, UpdateItem: keys };
}

const topics = ['topics', 'part#*'];
const groups = ['groups', 'group#*'];
const counted = ['part#*', 'producers', 'producer#*'];
const subscriptions = [...groups, 'subscriptions', 'route#*'];
const provisioned = ['topics', 'part#*', ...subscriptions];

/** `action resource`, as permissionsOf (permissions.ts) has it. */
export const storePermissions = {
  produce: [
    ...onTable({
      ...reads(...topics, 'txn#*', 'group#*'),
      PutItem: [...counted, 'key#*', 'txn#*', 'valve#*'],
      UpdateItem: [...counted, 'group#*', 'valve#*'],
    }),
    ...putsSegments,
  ],
  fetch: [...onTable(reads(...topics)), ...getsSegments],
  groups: [
    ...onTable({ ...reads(...topics, ...groups), ...appends(...groups), DeleteItem: groups }),
    ...getsSegments,
  ],
  topics: onTable({
    ...reads(...topics, 'route#*'),
    UpdateItem: topics,
    PutItem: [...topics, 'doomed'],
    DeleteItem: [...topics, 'doomed'],
  }),
  subscriptions: [
    ...onTable({
      ...reads('topics', 'part#*', ...subscriptions, 'txn#*'),
      ...appends('part#*', ...subscriptions, 'txn#*'),
      DeleteItem: ['doomed', ...subscriptions],
    }),
    ...getsSegments,
    ...putsSegments,
  ],
  ingest: [
    ...onTable({
      ...reads('topics', 'part#*', 'txn#*', 'mark#*'),
      PutItem: ['part#*', 'txn#*', 'mark#*', 'valve#*'],
      UpdateItem: ['part#*', 'valve#*'],
    }),
    ...putsSegments,
  ],
  route: onTable({ Query: ['route#*'], GetItem: ['group#*'] }),
  deliver: [
    ...onTable({
      ...reads('topics', 'part#*', 'group#*', 'subscriptions', 'txn#*'),
      ...appends('part#*', 'group#*', 'valve#*', 'txn#*'),
    }),
    ...getsSegments,
    ...putsSegments,
  ],
  sweep: onTable({
    ...reads('topics', 'part#*', 'group#*', 'subscriptions'),
    PutItem: ['subscriptions', 'route#*'],
    UpdateItem: ['part#*'],
    DeleteItem: ['route#*', 'doomed'],
  }),
  upkeep: [
    ...onTable({
      ...reads(...topics),
      ...appends('part#*'),
      DeleteItem: ['part#*', 'doomed'],
    }),
    ...getsSegments,
    ...putsSegments,
  ],
  collect: [
    ...onTable({
      ...reads(...topics, 'doomed', ...groups, 'route#*'),
      PutItem: ['group#*'],
      UpdateItem: ['part#*', 'doomed', 'group#*'],
      DeleteItem: [...topics, ...groups, 'route#*'],
    }),
    ...getsSegments,
    's3:DeleteObject <EngineSegmentsBucket>/segments/*',
  ],
  provision: [
    ...onTable({
      ...reads(...provisioned),
      UpdateItem: ['topics', 'part#*', 'group#*'],
      PutItem: [...provisioned, 'doomed'],
      DeleteItem: [...provisioned, 'doomed'],
    }),
    ...getsSegments,
  ],
  authorize: onTable({ GetItem: ['keys'], UpdateItem: ['keys'] }),
  keys: onTable({ ...reads('keys'), ...appends('keys'), DeleteItem: ['keys'] }),
} satisfies Partial<Record<HandlerName, readonly string[]>>;

/** Besides, where there are ACLs: whoever serves requests asks them, and one changes them. */
export const aclPermissions = {
  asks: onTable(reads('acls')),
  changes: onTable({ ...reads('acls'), PutItem: ['acls'], DeleteItem: ['acls'] }),
};
