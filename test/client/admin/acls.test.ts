// Who may do what: made, looked at and taken away by the numbers of kafkajs.

import { expect, test } from 'vitest';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  ResourcePatternTypes,
} from '../../../client/admin/kafka-types.ts';
import type { AccessControl } from '../../../shared/api/access.ts';
import { newAdmin } from './admin-story.ts';

const admin = 'User:admin';
const bound: AccessControl = {
  identify: () => ({ principal: admin }),
  acls: { superUsers: new Set([admin]) },
};

const resource = {
  resourceType: AclResourceTypes.TOPIC,
  resourceName: 'orders',
  resourcePatternType: ResourcePatternTypes.LITERAL,
};
const shop = {
  principal: 'User:shop & son',
  host: '*',
  operation: AclOperationTypes.WRITE,
  permissionType: AclPermissionTypes.ALLOW,
};
const any = {
  resourceType: AclResourceTypes.ANY,
  resourcePatternType: ResourcePatternTypes.ANY,
  operation: AclOperationTypes.ANY,
  permissionType: AclPermissionTypes.ANY,
};

test('ACLs are made, told by what they are about, and taken away by filters', async () => {
  const { admin, run } = await newAdmin(bound);
  const reads = { ...shop, operation: AclOperationTypes.READ };
  const groups = {
    resourceType: AclResourceTypes.GROUP,
    resourceName: 'bill',
    resourcePatternType: ResourcePatternTypes.PREFIXED,
  };
  const acl = [
    { ...resource, ...shop },
    { ...resource, ...reads },
    { ...groups, ...reads },
  ];
  expect(await run(admin.createAcls({ acl }))).toBe(true);
  expect(await run(admin.createAcls({ acl })), 'again').toBe(true);
  const told = await run(admin.describeAcls(any));
  expect(told).toMatchObject({ errorCode: 0, errorMessage: null, throttleTime: 0 });
  expect(told.resources).toEqual([
    { ...groups, acls: [reads] },
    { ...resource, acls: expect.arrayContaining([shop, reads]) },
  ]);
  const covering = {
    ...any,
    resourceType: AclResourceTypes.GROUP,
    resourceName: 'billing',
    resourcePatternType: ResourcePatternTypes.MATCH,
  };
  expect((await run(admin.describeAcls(covering))).resources).toEqual([
    { ...groups, acls: [reads] },
  ]);
  const filters = [
    { ...any, operation: AclOperationTypes.WRITE, principal: shop.principal },
    { ...any, principal: 'User:none' },
  ];
  const done = { errorCode: 0, errorMessage: null };
  expect(await run(admin.deleteAcls({ filters }))).toEqual({
    filterResponses: [
      { ...done, matchingAcls: [{ ...done, ...resource, ...shop }] },
      { ...done, matchingAcls: [] },
    ],
  });
  const { resources } = await run(admin.describeAcls(any));
  expect(resources.flatMap(({ acls }) => acls)).toEqual([reads, reads]);
});

test('more than one request holds are made in several', async () => {
  const { admin, run, wire } = await newAdmin(bound);
  const acl = Array.from({ length: 150 }, (_, at) => {
    return { ...resource, ...shop, resourceName: `orders-${at}` };
  });
  await run(admin.createAcls({ acl }));
  expect(wire.sent.length).toBe(2);
  expect((await run(admin.describeAcls(any))).resources.length).toBe(150);
});

test('a number that stands for nothing is refused, and so is what no ACL can be', async () => {
  const { admin, run, wire } = await newAdmin(bound);
  const make = (more: object) => admin.createAcls({ acl: [{ ...resource, ...shop, ...more }] });
  await expect(make({ operation: 99 })).rejects.toThrow('operation: must be one of ANY, ALL, READ');
  await expect(make({ resourceType: 0 })).rejects.toThrow('resourceType: must be one of');
  expect(wire.sent).toEqual([]);
  for (const more of [{ host: '10.0.0.1' }, { operation: AclOperationTypes.ANY }]) {
    await expect(run(make(more))).rejects.toMatchObject({ type: 'INVALID_REQUEST' });
  }
});

test('where ACLs decide nothing, it is told', async () => {
  const { admin, run } = await newAdmin();
  await expect(run(admin.describeAcls(any))).rejects.toMatchObject({ type: 'SECURITY_DISABLED' });
  await expect(run(admin.deleteAcls({ filters: [any] }))).rejects.toMatchObject({
    type: 'SECURITY_DISABLED',
  });
});

test('whoever may not is told so by what it is about', async () => {
  const { admin, run } = await newAdmin({
    identify: () => ({ principal: 'User:shop' }),
    acls: { superUsers: new Set() },
  });
  expect(await run(admin.listTopics())).toEqual([]);
  await expect(run(admin.fetchTopicOffsets('orders'))).rejects.toMatchObject({
    type: 'TOPIC_AUTHORIZATION_FAILED',
  });
  await expect(run(admin.createTopics({ topics: [{ topic: 'a' }] }))).rejects.toMatchObject({
    errors: [{ topic: 'a', type: 'TOPIC_AUTHORIZATION_FAILED' }],
  });
  await expect(run(admin.describeGroups(['g']))).rejects.toMatchObject({
    type: 'GROUP_AUTHORIZATION_FAILED',
  });
  await expect(run(admin.describeAcls(any))).rejects.toMatchObject({
    type: 'CLUSTER_AUTHORIZATION_FAILED',
  });
});
