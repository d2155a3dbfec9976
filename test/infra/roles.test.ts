// Least privilege, action by action: what a function does not do, it may not do.

import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../infra/message-engine.ts';
import {
  environmentNames,
  functionNames,
  functionRoutes,
  leadingKeys,
} from '../../shared/contract.ts';
import type { TopicId } from '../../shared/ids.ts';
import { aclVersionKey, apiKeyKey } from '../../shared/store/access-items.ts';
import { groupNameKey, groupPk, groupsPk } from '../../shared/store/group-items.ts';
import {
  doomedKey,
  idempotencyKeyKey,
  partitionPk,
  producerIdsKey,
  producerNameKey,
  topicKey,
  topicsPk,
  txnKey,
} from '../../shared/store/items.ts';
import { markKey, routesPk, subscriptionKey, valveKey } from '../../shared/store/trigger-items.ts';
import { permissionsOf } from './permissions.ts';
import { storePermissions } from './store-permissions.ts';
import {
  engineResources,
  flat,
  handlerOf,
  newStack,
  ofType,
  type Resource,
  type Resources,
  resourcesOf,
} from './template.ts';

/** Of the engine's own function of that name. */
const permissions = (resources: Resources, name: string) =>
  permissionsOf(resources, `Engine${name}Role`);

const wakesOthers = ['Delayed', 'Queue'].map(
  (one) => `sqs:SendMessage <EngineTriggersWakeUps${one}>`,
);

describe('each function may do what it does, and no more:', () => {
  const resources = engineResources();

  test.each(functionNames)('%s', (name) => {
    const id = name.charAt(0).toUpperCase() + name.slice(1);
    const log = ['CreateLogStream', 'PutLogEvents'].map((one) => `logs:${one} <Engine${id}Log>`);
    const wakes = name === 'subscriptions' ? wakesOthers : [];
    const expected = [...storePermissions[name], ...log, ...wakes].sort();
    expect(permissions(resources, id)).toEqual(expected);
  });

  test('each is told only of the stores it uses', () => {
    const environments = ofType(resources, 'AWS::Lambda::Function').map(([, resource]) => [
      handlerOf(resource),
      Object.keys(resource.Properties['Environment'].Variables)
        .filter((name) => name !== environmentNames.engineName)
        .sort(),
    ]);
    const queues = ['SLUICE_DELAY_QUEUE', 'SLUICE_WAKE_UP_QUEUE'];
    expect(Object.fromEntries(environments)).toEqual({
      produce: ['SLUICE_BUCKET', 'SLUICE_TABLE'],
      fetch: ['SLUICE_BUCKET', 'SLUICE_TABLE'],
      groups: ['SLUICE_BUCKET', 'SLUICE_TABLE'],
      topics: ['SLUICE_TABLE'],
      subscriptions: ['SLUICE_BUCKET', 'SLUICE_TABLE', ...queues].sort(),
      route: ['SLUICE_TABLE', ...queues].sort(),
      deliver: ['SLUICE_BUCKET', 'SLUICE_TABLE', ...queues].sort(),
      sweep: ['SLUICE_TABLE', ...queues].sort(),
      upkeep: ['SLUICE_BUCKET', 'SLUICE_TABLE'],
      collect: ['SLUICE_BUCKET', 'SLUICE_TABLE'],
    });
  });
});

test('the partition keys that roles are narrowed to are those of the items', () => {
  const topicId = 'AAAAAAAAAAAAAAAAAAAAAA' as TopicId;
  const of = leadingKeys;
  expect(topicKey('orders').pk).toBe(of.topics);
  expect(topicsPk).toBe(of.topics);
  expect(partitionPk({ topicId, partition: 7 })).toBe(`${of.partitionPrefix}${topicId}#7`);
  expect(producerIdsKey.pk).toBe(of.producers);
  expect(producerNameKey('till').pk).toBe(`${of.producerPrefix}till`);
  expect(idempotencyKeyKey(topicId, 'hash').pk).toBe(`${of.idempotencyKeyPrefix}${topicId}#hash`);
  expect(groupNameKey('billing').pk).toBe(of.groups);
  expect(groupsPk).toBe(of.groups);
  expect(groupPk('billing')).toBe(`${of.groupPrefix}billing`);
  expect(doomedKey(topicId).pk).toBe(of.doomed);
  expect(txnKey('hash').pk).toBe(`${of.transactionPrefix}hash`);
  expect(subscriptionKey('billing').pk).toBe(of.subscriptions);
  expect(routesPk(topicId)).toBe(`${of.routePrefix}${topicId}`);
  expect(markKey(topicId, 'hash').pk).toBe(`${of.markPrefix}${topicId}#hash`);
  expect([aclVersionKey.pk, apiKeyKey('id').pk]).toEqual([of.acls, of.keys]);
  expect(valveKey('sub#x').pk).toBe(`${of.valvePrefix}sub#x`);
});

test('a key of one’s own adds what S3 asks of it, and no more', () => {
  const stack = newStack();
  new MessageEngine(stack, 'Engine', { encryptionKey: new Key(stack, 'Key') });
  const resources = resourcesOf(stack);
  const keyActions = (role: string) =>
    permissions(resources, role).filter((line) => line.startsWith('kms:'));
  expect(keyActions('Produce')).toEqual(['kms:GenerateDataKey <Key>']);
  expect(keyActions('Fetch')).toEqual(['kms:Decrypt <Key>']);
  expect(keyActions('Groups')).toEqual(['kms:Decrypt <Key>']);
  expect(keyActions('Subscriptions')).toEqual(['kms:Decrypt <Key>', 'kms:GenerateDataKey <Key>']);
  expect(keyActions('Topics')).toEqual([]);
  expect(keyActions('HousekeepingUpkeep')).toEqual([
    'kms:Decrypt <Key>',
    'kms:GenerateDataKey <Key>',
  ]);
  expect(keyActions('HousekeepingCollect')).toEqual(['kms:Decrypt <Key>']);
});

describe('a role', () => {
  const resources = engineResources();
  const used = ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) => {
    return Properties['Role']['Fn::GetAtt'][0] as string;
  });
  const roles = used.map((id) => resources[id] as Resource);

  test('is one function’s own, or one clock’s', () => {
    const clocks = ofType(resources, 'AWS::Scheduler::Schedule');
    expect(new Set(used).size).toBe(used.length);
    expect(ofType(resources, 'AWS::IAM::Role')).toHaveLength(used.length + clocks.length);
  });

  test('has no policy but the one written for it', () => {
    const wide = roles.filter((role) => 'ManagedPolicyArns' in role.Properties);
    expect(wide).toEqual([]);
  });

  test('is assumed by Lambda alone', () => {
    for (const role of roles) {
      expect(role.Properties['AssumeRolePolicyDocument'].Statement).toEqual([
        {
          Action: 'sts:AssumeRole',
          Effect: 'Allow',
          Principal: { Service: 'lambda.amazonaws.com' },
        },
      ]);
    }
  });
});

test('API Gateway may invoke a function for its own routes, and nobody else may', () => {
  const allowed = ofType(engineResources(), 'AWS::Lambda::Permission').map(([, { Properties }]) => {
    expect(Properties).toMatchObject({
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
    });
    const source = flat(Properties['SourceArn']);
    return `${flat(Properties['FunctionName'])} ${source.split('<EngineHttpApi>').at(-1)}`;
  });
  const expected = functionNames.flatMap((name) => {
    const id = name.charAt(0).toUpperCase() + name.slice(1);
    return functionRoutes[name].map((route) => `<Engine${id}Function> /*/*${route.split(' ')[1]}`);
  });
  expect(allowed.sort()).toEqual(expected.sort());
});
