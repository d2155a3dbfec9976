// Least privilege, action by action: what a function does not do, it may not do.

import { Key } from 'aws-cdk-lib/aws-kms';
import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../infra/message-engine.ts';
import { functionNames, functionRoutes, leadingKeys } from '../../shared/contract.ts';
import type { TopicId } from '../../shared/ids.ts';
import {
  groupNameKey,
  groupPk,
  groupsPk,
  partitionPk,
  topicKey,
  topicsPk,
} from '../../shared/store/items.ts';
import {
  engineResources,
  flat,
  newStack,
  ofType,
  type Resource,
  type Resources,
  resourcesOf,
} from './template.ts';

const list = <Of>(value: Of | Of[]): Of[] => (Array.isArray(value) ? value : [value]);

/** `action resource`, sorted, of everything the role of that function may do; and which partition
 * keys it may do that to, where not to all. */
function permissions(resources: Resources, role: string): string[] {
  const policies = ofType(resources, 'AWS::IAM::Policy').map(([, policy]) => policy);
  return policies
    .filter((policy) => list(policy.Properties['Roles']).map(flat).includes(`<Engine${role}Role>`))
    .flatMap((policy) => policy.Properties['PolicyDocument'].Statement)
    .flatMap((statement) => {
      expect(statement).toMatchObject({ Effect: 'Allow' });
      const targets = list(statement.Resource).map((to) => flat(to) + partitionKeys(statement));
      return list(statement.Action).flatMap((action) => targets.map((to) => `${action} ${to}`));
    })
    .sort();
}

/** There is no other condition, and this one holds only when a key is named: "all values" alone is
 * also true of none. */
function partitionKeys({ Condition: condition }: { readonly Condition?: object }): string {
  if (condition === undefined) return '';
  expect(condition).toEqual({
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': expect.anything() },
    Null: { 'dynamodb:LeadingKeys': 'false' },
  });
  const [{ 'dynamodb:LeadingKeys': keys }] = Object.values(condition);
  return ` (${list(keys).join(', ')})`;
}

describe('each function may do what it does', () => {
  const resources = engineResources();

  test('produce writes segments, and appends', () => {
    expect(permissions(resources, 'Produce')).toEqual([
      'dynamodb:GetItem <EngineTable>',
      'dynamodb:PutItem <EngineTable>',
      'dynamodb:Query <EngineTable>',
      'dynamodb:UpdateItem <EngineTable>',
      'logs:CreateLogStream <EngineProduceLog>',
      'logs:PutLogEvents <EngineProduceLog>',
      's3:PutObject <EngineSegmentsBucket>/segments/*',
    ]);
  });

  test('fetch reads, and lists so that a missing segment is not "forbidden"', () => {
    expect(permissions(resources, 'Fetch')).toEqual([
      'dynamodb:GetItem <EngineTable>',
      'dynamodb:Query <EngineTable>',
      'logs:CreateLogStream <EngineFetchLog>',
      'logs:PutLogEvents <EngineFetchLog>',
      's3:GetObject <EngineSegmentsBucket>/segments/*',
      's3:ListBucket <EngineSegmentsBucket>',
    ]);
  });

  test('groups reads as fetch does, and writes groups alone', () => {
    expect(permissions(resources, 'Groups')).toEqual([
      'dynamodb:DeleteItem <EngineTable> (groups, group#*)',
      'dynamodb:GetItem <EngineTable> (topics, part#*, groups, group#*)',
      'dynamodb:PutItem <EngineTable> (groups, group#*)',
      'dynamodb:Query <EngineTable> (topics, part#*, groups, group#*)',
      'dynamodb:UpdateItem <EngineTable> (groups, group#*)',
      'logs:CreateLogStream <EngineGroupsLog>',
      'logs:PutLogEvents <EngineGroupsLog>',
      's3:GetObject <EngineSegmentsBucket>/segments/*',
      's3:ListBucket <EngineSegmentsBucket>',
    ]);
  });

  test('topics writes the index and sees no segment', () => {
    expect(permissions(resources, 'Topics')).toEqual([
      'dynamodb:DeleteItem <EngineTable>',
      'dynamodb:GetItem <EngineTable>',
      'dynamodb:PutItem <EngineTable>',
      'dynamodb:Query <EngineTable>',
      'dynamodb:UpdateItem <EngineTable>',
      'logs:CreateLogStream <EngineTopicsLog>',
      'logs:PutLogEvents <EngineTopicsLog>',
    ]);
  });

  test('and is told only of the stores it uses', () => {
    const environments = ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) => [
      Properties['Description'],
      Object.keys(Properties['Environment'].Variables).sort(),
    ]);
    expect(environments).toEqual([
      ['Sluice: produce', ['SLUICE_BUCKET', 'SLUICE_TABLE']],
      ['Sluice: fetch', ['SLUICE_BUCKET', 'SLUICE_TABLE']],
      ['Sluice: groups', ['SLUICE_BUCKET', 'SLUICE_TABLE']],
      ['Sluice: topics', ['SLUICE_TABLE']],
    ]);
  });
});

test('the partition keys that roles are narrowed to are those of the items', () => {
  const id = { topicId: 'AAAAAAAAAAAAAAAAAAAAAA' as TopicId, partition: 7 };
  const { topics, partitionPrefix, groups, groupPrefix } = leadingKeys;
  expect(topicKey('orders').pk).toBe(topics);
  expect(topicsPk).toBe(topics);
  expect(partitionPk(id)).toMatch(new RegExp(`^${partitionPrefix}`));
  expect(groupNameKey('billing').pk).toBe(groups);
  expect(groupsPk).toBe(groups);
  expect(groupPk('billing')).toBe(`${groupPrefix}billing`);
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
  expect(keyActions('Topics')).toEqual([]);
});

describe('a role', () => {
  const resources = engineResources();
  const roles = ofType(resources, 'AWS::IAM::Role').map(([, role]) => role);

  test('is one function’s own', () => {
    const used = ofType(resources, 'AWS::Lambda::Function').map(([, { Properties }]) =>
      flat(Properties['Role']),
    );
    expect(new Set(used).size).toBe(4);
    expect(roles).toHaveLength(4);
  });

  test('has no policy but the one written for it', () => {
    const wide = (role: Resource) => role.Properties['ManagedPolicyArns'];
    expect(roles.map(wide)).toEqual([undefined, undefined, undefined, undefined]);
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
