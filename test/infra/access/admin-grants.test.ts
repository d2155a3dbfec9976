// What a grant to administer opens: all that v3 has for topics and groups, for one topic or for
// all, and not one request more.

import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { MessageEngine } from '../../../infra/message-engine.ts';
import { v3AclRoutes } from '../../../shared/api/v3/acl-routes.ts';
import { v3ClusterRoutes } from '../../../shared/api/v3/cluster-routes.ts';
import { v3ConfigRoutes } from '../../../shared/api/v3/config-routes.ts';
import { v3GroupRoutes } from '../../../shared/api/v3/group-routes.ts';
import { v3TopicRoutes } from '../../../shared/api/v3/topic-routes.ts';
import { functionRoutes, grantedRoutes } from '../../../shared/contract.ts';
import { flat, newStack, ofType, resourcesOf } from '../template.ts';

type Give = (engine: MessageEngine, caller: Role) => void;

/** Whether a request is let in. IAM's wildcard stands for slashes, too. */
function letIn(give: Give): (request: string) => boolean {
  const stack = newStack();
  const caller = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2') });
  give(new MessageEngine(stack, 'Engine'), caller);
  const forms = ofType(resourcesOf(stack), 'AWS::IAM::Policy')
    .filter(([id]) => id.startsWith('Caller'))
    .flatMap(([, { Properties }]) => Properties['PolicyDocument'].Statement)
    .flatMap(({ Resource }) => [Resource].flat())
    .map((resource) => flat(resource).split('/$default/')[1] ?? '')
    .map((path) => path.split('*').map((part) => part.replace(/[^\w]/g, '\\$&')))
    .map((parts) => new RegExp(`^${parts.join('.*')}$`));
  return (request) => forms.some((form) => form.test(request.replace(' ', '')));
}

/** A request of a route of the API, as policies see it. */
const asked = (route: string, topic: string) =>
  route.replaceAll(/:(cluster|topic|partition|group|instance|config|broker)\b/g, (_, name) =>
    name === 'topic' ? topic : name === 'cluster' ? 'sluice' : '0',
  );

const administered = [
  v3ClusterRoutes,
  v3AclRoutes,
  v3TopicRoutes,
  v3ConfigRoutes,
  v3GroupRoutes,
].flatMap((routes) => Object.keys(routes));

const others = [
  'POST /topics/a',
  'POST /topics/a/partitions/0',
  'POST /v3/clusters/sluice/topics/a/records',
  'POST /v3/clusters/sluice/topics/a/records:batch',
  'POST /producers',
  'POST /transactions',
  'GET /topics/a/partitions/0/records',
  'GET /topics/a/partitions/0/offsets',
  'POST /consumers/g',
  'GET /consumers/g/instances/i/records',
  'DELETE /consumers/g/instances/i',
  'POST /subscriptions',
  'DELETE /subscriptions/s',
  'GET /keys',
  'POST /keys',
  'DELETE /keys/k',
];

describe('to administer all topics', () => {
  const isLetIn = letIn((engine, caller) => engine.grantAdmin(caller));

  test('is all that v3 has for topics, settings, groups and ACLs', () => {
    expect(administered.length).toBeGreaterThan(25);
    expect(administered.filter((route) => !isLetIn(asked(route, 'a')))).toEqual([]);
  });

  test('is not to produce, to fetch, to consume, to subscribe, or to make keys', () => {
    expect(others.filter(isLetIn)).toEqual([]);
  });
});

describe('to administer one topic', () => {
  const isLetIn = letIn((engine, caller) => engine.grantAdmin(caller, 'a'));
  const ofTopic = administered.filter((route) => route.includes('topics/:topic'));
  const ofGroups = Object.keys(v3GroupRoutes);

  test('is all that is asked of it by its path', () => {
    const own = ofTopic.filter((route) => !ofGroups.includes(route));
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter((route) => !isLetIn(asked(route, 'a')))).toEqual([]);
  });

  test('touches no other, whatever it is called, and nothing that names topics in a body', () => {
    for (const topic of ['b', 'aa', 'a.b', 'topics', 'configs', 'partitions', '-', 'a%2Fa']) {
      expect(administered.filter((route) => isLetIn(asked(route, topic)))).toEqual([]);
    }
    expect(others.filter(isLetIn)).toEqual([]);
  });
});

test('who may produce, fetch or consume administers nothing', () => {
  const isLetIn = letIn((engine, caller) => {
    engine.grantProduce(caller);
    engine.grantFetch(caller);
    engine.grantConsume(caller);
  });
  expect(isLetIn('POST /topics/a')).toBe(true);
  expect(administered.filter((route) => isLetIn(asked(route, 'a')))).toEqual([]);
});

test('a line of the contract is one that the API has, and no other function answers it', () => {
  const has = (route: string) =>
    administered.some((one) => new RegExp(`^${form(route)}$`).test(asked(one, 'x')));
  expect(grantedRoutes.admin.filter((route) => !has(route))).toEqual([]);
  const elsewhere: readonly string[] = [...functionRoutes.produce, ...functionRoutes.fetch];
  expect(grantedRoutes.admin.filter((route) => elsewhere.includes(route))).toEqual([]);
});

const form = (route: string) =>
  route
    .replaceAll(/\{[^}+]+\}/g, '[^/]+')
    .replace('{proxy+}', '.+')
    .replace('/-/', '/[^/]+/');

test('is refused for a name by which a path is about all topics, or none at all', () => {
  for (const topic of ['-', '*', 'a/b', '']) {
    expect(() => letIn((engine, caller) => engine.grantAdmin(caller, topic))).toThrow(
      `topic is '${topic}': it must be`,
    );
  }
});

test('may be given for an engine of another stack', () => {
  const isLetIn = letIn((engine, caller) => {
    const theirs = MessageEngine.fromAttributes(engine, 'Theirs', {
      apiId: 'abc123',
      endpoint: 'https://abc123.example.com',
    });
    theirs.grantAdmin(caller, 'a');
  });
  expect(isLetIn('DELETE /v3/clusters/sluice/topics/a')).toBe(true);
  expect(isLetIn('DELETE /v3/clusters/sluice/topics/b')).toBe(false);
});
