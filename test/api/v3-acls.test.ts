// v3's ACLs over HTTP: made, found and deleted in Kafka's words, in whatever case.

import { beforeEach, describe, expect, test } from 'vitest';
import { principalLengthMax } from '../../shared/access/principal.ts';
import type { AccessControl } from '../../shared/api/access.ts';
import { aclsPerRequestMax } from '../../shared/engine/access/acls.ts';
import { topicNameLengthMax } from '../../shared/limits.ts';
import { type Asked, newApi, type Question } from './ask.ts';

const acls = '/v3/clusters/sluice/acls';
const url = `http://localhost${acls}`;

const admin: AccessControl = {
  identify: () => ({ principal: 'User:admin' }),
  acls: { superUsers: new Set(['User:admin']) },
};

const alice = {
  resource_type: 'TOPIC',
  resource_name: 'orders',
  pattern_type: 'LITERAL',
  principal: 'User:alice',
  host: '*',
  operation: 'READ',
  permission: 'ALLOW',
};

let api: Asked;

beforeEach(async () => {
  api = await newApi(undefined, admin);
});

function ask(route: string, question?: Question) {
  return api.ask(route, question);
}

async function make(...all: object[]): Promise<void> {
  const { status } = await ask(`POST ${acls}:batch`, { body: { data: all } });
  expect(status).toBe(201);
}

/** A few words of each that is found. */
async function found(query = ''): Promise<readonly string[]> {
  const { status, json } = await ask(`GET ${acls}${query}`);
  expect([query, status]).toEqual([query, 200]);
  return wordsOf(json.data);
}

function wordsOf(data: readonly (typeof alice)[]): readonly string[] {
  return data
    .map(({ principal, operation, resource_name }) => `${principal} ${operation} ${resource_name}`)
    .toSorted();
}

/** As it is shown. */
function shown(acl: typeof alice) {
  const self = `${url}?${new URLSearchParams(fieldsInOrder(acl))}`;
  return { kind: 'KafkaAcl', metadata: { self }, cluster_id: 'sluice', ...acl };
}

function fieldsInOrder({ resource_type, resource_name, pattern_type, ...rest }: typeof alice) {
  const { principal, host, operation, permission } = rest;
  const of = { resource_type, resource_name, pattern_type };
  return { ...of, principal, host, operation, permission };
}

test('one that is made is where its Location says, and in the list', async () => {
  const made = await ask(`POST ${acls}`, { body: alice });
  expect([made.status, made.bytes.length]).toEqual([201, 0]);
  const location = made.headers.get('location') as string;
  expect(location).toBe(shown(alice).metadata.self);
  const { status, headers, json } = await ask(`GET ${location.replace('http://localhost', '')}`);
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(json).toEqual({
    kind: 'KafkaAclList',
    metadata: { self: location, next: null },
    data: [shown(alice)],
  });
  await ask(`POST ${acls}`, { body: alice });
  expect((await ask(`GET ${acls}`)).json.data).toEqual([shown(alice)]);
});

test('one that Location names is found alone, whatever is in its name', async () => {
  const strange = { ...alice, principal: 'User:a&b=c d+é?#/%', resource_name: 'a&b +%26*' };
  await make(strange, alice, { ...strange, operation: 'WRITE' });
  const { headers } = await ask(`POST ${acls}`, { body: strange });
  const location = headers.get('location')?.replace('http://localhost', '');
  const { json } = await ask(`GET ${location}`);
  expect(json.data).toEqual([shown(strange)]);
});

test('case does not matter, but in names', async () => {
  const lower = {
    ...alice,
    resource_type: 'Transactional_Id',
    pattern_type: 'prefixed',
    operation: 'describe_Configs',
    permission: 'deny',
  };
  await make(lower);
  const { json } = await ask(`GET ${acls}?permission=Deny&operation=DESCRIBE_configs`);
  expect(json.data).toMatchObject([
    {
      resource_type: 'TRANSACTIONAL_ID',
      pattern_type: 'PREFIXED',
      operation: 'DESCRIBE_CONFIGS',
      permission: 'DENY',
    },
  ]);
  expect(await found('?principal=User:Alice')).toEqual([]);
  expect(await found('?resource_name=Orders')).toEqual([]);
});

describe('of several', () => {
  beforeEach(async () => {
    await make(
      alice,
      { ...alice, operation: 'WRITE' },
      { ...alice, principal: 'User:bob', resource_name: 'ord', pattern_type: 'PREFIXED' },
      { ...alice, principal: 'User:bob', resource_name: '*' },
      { ...alice, principal: 'User:*', resource_name: 'audit', permission: 'DENY' },
      { ...alice, resource_type: 'GROUP', operation: 'ALL' },
    );
  });

  const all = [
    'User:* READ audit',
    'User:alice ALL orders',
    'User:alice READ orders',
    'User:alice WRITE orders',
    'User:bob READ *',
    'User:bob READ ord',
  ];
  const [deny, group, read, write, every, prefix] = all;

  const queries: readonly (readonly [string, readonly (string | undefined)[]])[] = [
    ['', all],
    ['?resource_type=ANY&pattern_type=any&operation=Any&permission=ANY', all],
    ['?host=*', all],
    ['?host=10.0.0.1', []],
    ['?resource_type=', all],
    ['?something=else', all],
    ['?principal=User:alice', [group, read, write]],
    ['?principal=User:alice&resource_type=topic', [read, write]],
    ['?principal=User:*', [deny]],
    ['?operation=ALL', [group]],
    ['?operation=READ', [deny, read, every, prefix]],
    ['?permission=deny', [deny]],
    ['?resource_name=orders', [group, read, write]],
    ['?resource_name=orders&pattern_type=ANY', [group, read, write]],
    ['?resource_name=orders&pattern_type=MATCH', [group, read, write, every, prefix]],
    ['?resource_name=orders&pattern_type=MATCH&resource_type=GROUP', [group]],
    ['?pattern_type=MATCH', all],
    ['?pattern_type=PREFIXED', [prefix]],
    ['?resource_name=*', [every]],
  ];

  test.each(queries)('a list of %j is of those that it means', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  test.each(queries.slice(1))('what %j deletes is what it means', async (query, expected) => {
    const isNothingSaid = ['?resource_type=', '?something=else'].includes(query);
    const { status, json } = await ask(`DELETE ${acls}${query}`);
    if (isNothingSaid) {
      expect([status, json.error_code]).toEqual([400, 40_002]);
      expect(await found()).toEqual(all);
      return;
    }
    expect([status, Object.keys(json)]).toEqual([200, ['data']]);
    expect(wordsOf(json.data)).toEqual(expected);
    expect(await found()).toEqual(all.filter((words) => !expected.includes(words)));
    expect((await ask(`DELETE ${acls}${query}`)).json).toEqual({ data: [] });
  });

  test('a delete that says nothing deletes nothing', async () => {
    const { status, json } = await ask(`DELETE ${acls}`);
    expect([status, json.message]).toEqual([
      400,
      'resource_type: it, or another of the query, must be there',
    ]);
    expect(await found()).toEqual(all);
  });

  test.each([
    ['?principle=User:bob&operation=READ', 'principle: is unknown'],
    ['?principal=&operation=READ', 'principal: must not be empty: leave it out, or say ANY'],
    ['?constructor=User:bob&operation=READ', 'constructor: is unknown'],
    ['?operation=ANY&operation=READ', 'operation: must not be repeated'],
  ])('a delete by %s takes away nothing', async (query, message) => {
    const { status, json } = await ask(`DELETE ${acls}${query}`);
    expect([status, json.message]).toEqual([400, message]);
    expect(await found()).toEqual(all);
  });
});

test('a batch is made whole, or not at all', async () => {
  const { status, bytes } = await ask(`POST ${acls}:batch`, {
    body: { data: [alice, { ...alice, operation: 'FLY' }] },
  });
  expect([status, bytes.toString()]).toEqual([400, expect.stringContaining('data[1].operation')]);
  expect(await found()).toEqual([]);
  const many = Array.from({ length: aclsPerRequestMax }, (_, at) => {
    return { ...alice, resource_name: `t${at}` };
  });
  await make(...many);
  expect(await found()).toHaveLength(aclsPerRequestMax);
  for (const data of [[], [...many, alice]]) {
    const refused = await ask(`POST ${acls}:batch`, { body: { data } });
    expect([refused.status, refused.json.message]).toEqual([400, expect.stringContaining('data')]);
  }
});

const long = (length: number) => 'x'.repeat(length);

test.each<[object, string, number?]>([
  [{ resource_type: undefined }, 'resource_type'],
  [{ resource_type: 'ANY' }, 'resource_type'],
  [{ resource_type: 'DELEGATION_TOKEN' }, 'resource_type'],
  [{ resource_type: 7 }, 'resource_type'],
  [{ resource_name: undefined }, 'resource_name'],
  [{ resource_name: '' }, 'resource_name', 1],
  [{ resource_name: long(topicNameLengthMax + 1) }, 'resource_name', topicNameLengthMax],
  [{ resource_name: '\ud800' }, 'resource_name'],
  [{ pattern_type: 'MATCH' }, 'pattern_type'],
  [{ pattern_type: null }, 'pattern_type'],
  [{ principal: 'alice' }, 'principal'],
  [{ principal: 'Group:alice' }, 'principal'],
  [{ principal: `User:${long(principalLengthMax)}` }, 'principal', principalLengthMax],
  [{ principal: ['User:alice'] }, 'principal'],
  [{ host: '10.0.0.1' }, 'host'],
  [{ operation: 'ANY' }, 'operation'],
  [{ operation: 'UNKNOWN' }, 'operation'],
  [{ permission: undefined }, 'permission'],
  [{ permission: 'MAYBE' }, 'permission'],
  [{ superuser: true }, 'superuser'],
  // No request asks for another cluster: it would allow nothing, and deny nothing.
  [{ resource_type: 'CLUSTER' }, 'resource_name'],
  [{ resource_type: 'cluster', resource_name: '*' }, 'resource_name'],
])('%j is refused by its field and bound, and nothing is made', async (wrong, field, limit) => {
  const accept = 'application/problem+json';
  const { status, json } = await ask(`POST ${acls}`, { accept, body: { ...alice, ...wrong } });
  expect([status, json.error_code, json.field, json.limit]).toEqual([400, 40_002, field, limit]);
  expect(json.message).toContain(`${field}: `);
  expect(await found()).toEqual([]);
});

test.each([
  ['resource_type=QUEUE', 'resource_type'],
  ['pattern_type=REGEX', 'pattern_type'],
  ['operation=FLY', 'operation'],
  ['permission=PERHAPS', 'permission'],
  ['principal=alice', 'principal'],
  [`resource_name=${long(topicNameLengthMax + 1)}`, 'resource_name'],
])('a query of %s is refused, and deletes nothing', async (query, field) => {
  await make(alice);
  for (const method of ['GET', 'DELETE']) {
    const { status, json } = await ask(`${method} ${acls}?${query}`);
    expect([status, json.message]).toEqual([400, expect.stringContaining(`${field}: `)]);
  }
  expect(await found()).toHaveLength(1);
});

test('the cluster is named as Kafka names it', async () => {
  await make({ ...alice, resource_type: 'CLUSTER', resource_name: 'kafka-cluster' });
  expect(await found('?resource_type=CLUSTER')).toEqual(['User:alice READ kafka-cluster']);
});

test('where no ACL binds anybody there are none', async () => {
  api = await newApi();
  for (const route of [`GET ${acls}`, `POST ${acls}`, `POST ${acls}:batch`, `DELETE ${acls}`]) {
    const { status, json } = await ask(route, route.startsWith('POST') ? { body: alice } : {});
    expect([route, status, json.error_code]).toEqual([route, 404, 404]);
  }
});

test('another cluster has none', async () => {
  expect((await ask('GET /v3/clusters/other/acls')).status).toBe(404);
});
