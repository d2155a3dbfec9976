// Who reaches the items that say who may do what: ACLs, and API keys. A role that does what only
// one of its function's requests needs would let whoever got hold of that one be anybody. So each
// role of an engine is asked, as IAM would be.

import { describe, expect, test } from 'vitest';
import { leadingKeys } from '../../shared/contract.ts';
import { everythingIn } from './everything.ts';
import { withoutHash } from './mappings.ts';
import { rolePolicy } from './permissions.ts';
import { judge, type Request } from './policy.ts';
import { flat, newApp, ofType, resourcesOf } from './template.ts';

const resources = resourcesOf(everythingIn(newApp()));
const roles = ofType(resources, 'AWS::IAM::Role')
  .map(([id]) => withoutHash(id))
  .filter((id) => /^Engine\w+Role$/.test(id));

/** All that is done to items, by whatever request: those of a transaction are asked for one by one.
 * Source: "Actions, resources, and condition keys for Amazon DynamoDB". */
const actions = [
  'GetItem',
  'Query',
  'Scan',
  'BatchGetItem',
  'ConditionCheckItem',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'BatchWriteItem',
  'PartiQLSelect',
  'PartiQLInsert',
  'PartiQLUpdate',
  'PartiQLDelete',
];

/** What roles may do to items of those partition keys at once, where it is anything. */
function whoMay(...partitionKeys: readonly string[]): Readonly<Record<string, readonly string[]>> {
  const named = { 'dynamodb:LeadingKeys': partitionKeys };
  const context: Request['context'] = partitionKeys.length > 0 ? named : {};
  const entries = roles.map((role) => {
    const statements = rolePolicy(resources, role);
    const may = actions.filter((action) => {
      const request = { action: `dynamodb:${action}`, resource: '<EngineTable>', context };
      return judge(statements, request) === 'allowed';
    });
    return [role.replace(/^Engine(.*)Role$/, '$1'), may] as const;
  });
  return Object.fromEntries(entries.filter(([, may]) => may.length > 0));
}

const { acls, keys, topics } = leadingKeys;
const reads = ['GetItem', 'Query'];

describe('the items of', () => {
  test('ACLs: whoever serves callers reads them, and one function changes them', () => {
    expect(whoMay(acls)).toEqual({
      Produce: reads,
      Fetch: reads,
      Groups: reads,
      Subscriptions: reads,
      Topics: [...reads, 'PutItem', 'DeleteItem'],
    });
  });

  test('API keys: one function looks one up, and notes its use; another keeps them', () => {
    expect(whoMay(keys)).toEqual({
      ApiKeysAuthorize: ['GetItem', 'UpdateItem'],
      // CloudFormation's ids say nothing twice: that of ApiKeys/Keys.
      ApiKeys: [...reads, 'PutItem', 'UpdateItem', 'DeleteItem'],
    });
  });

  test('either are reached by no request that is about something else, too', () => {
    expect(Object.keys(whoMay(topics)).length).toBeGreaterThan(5);
    for (const own of [acls, keys]) {
      expect(whoMay(topics, own)).toEqual({});
      expect(whoMay('part#AAAAAAAAAAAAAAAAAAAAAA#0', own)).toEqual({});
    }
  });

  test('anything at all are reached by no request that does not say of what: a scan', () => {
    expect(whoMay()).toEqual({});
  });
});

test('no role that is asked here is left out, and each is of the table', () => {
  const used = ofType(resources, 'AWS::Lambda::Function')
    .filter(([id]) => id.startsWith('Engine'))
    .map(([, { Properties }]) => flat(Properties['Role']).slice(1, -1));
  expect(roles).toEqual(expect.arrayContaining(used));
});
