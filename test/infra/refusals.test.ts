// What an engine refuses whoever asks, and whom its parts listen to: judged by what the policies of
// a stack that uses everything say of requests.

import { describe, expect, test } from 'vitest';
import { everythingIn } from './everything.ts';
import { named, withoutHash } from './mappings.ts';
import { list, permissionsOf, traces } from './permissions.ts';
import { judge, type Request, type Statement } from './policy.ts';
import { flat, newApp, ofType, type Resource, resourcesOf } from './template.ts';

const resources = resourcesOf(everythingIn(newApp()));
const statementsOf = ({ Properties }: Resource): readonly Statement[] =>
  Properties['PolicyDocument'].Statement;
const engines = (type: string) => ofType(resources, type).filter(([id]) => id.startsWith('Engine'));

describe('the bucket', () => {
  const statements = statementsOf(named(resources, 'EngineSegmentsBucketPolicy'));
  const segment = '<EngineSegmentsBucket>/segments/AbC';
  const tls = { 'aws:SecureTransport': 'true', 's3:TlsVersion': '1.3' };
  const put = { 's3:ObjectCreationOperation': 'true' };
  const once = { 's3:if-none-match': '*' };

  test.each<[verdict: string, what: string, Request['action'], Request['context'], string?]>([
    ['denied', 'reading in the clear', 's3:GetObject', { 'aws:SecureTransport': 'false' }],
    ['denied', 'TLS 1.1', 's3:GetObject', { ...tls, 's3:TlsVersion': '1.1' }],
    ['denied', 'listing by TLS 1.0', 's3:ListBucket', { ...tls, 's3:TlsVersion': '1.0' }],
    ['silent', 'reading by TLS 1.2', 's3:GetObject', { ...tls, 's3:TlsVersion': '1.2' }],
    ['silent', 'writing what is not there', 's3:PutObject', { ...tls, ...put, ...once }],
    [
      'denied',
      'that in the clear',
      's3:PutObject',
      { ...put, ...once, 'aws:SecureTransport': 'false' },
    ],
    ['denied', 'writing over a segment', 's3:PutObject', { ...tls, ...put }],
    [
      'denied',
      'writing over what one read',
      's3:PutObject',
      { ...tls, ...put, 's3:if-match': '"e"' },
    ],
    [
      'silent',
      'a part of an upload',
      's3:PutObject',
      { ...tls, 's3:ObjectCreationOperation': 'false' },
    ],
    ['silent', 'sweeping', 's3:DeleteObject', tls],
    [
      'silent',
      'what is no segment',
      's3:PutObject',
      { ...tls, ...put },
      '<EngineSegmentsBucket>/x',
    ],
  ])('%s: %s', (verdict, _, action, context, other) => {
    const bucket = '<EngineSegmentsBucket>';
    const resource = other ?? (action === 's3:ListBucket' ? bucket : segment);
    expect(judge(statements, { action, resource, context })).toBe(verdict);
  });
});

describe('a queue', () => {
  const policies = engines('AWS::SQS::QueuePolicy').map(([, policy]) => policy);
  const statementsAbout = (queue: string) =>
    policies
      .filter(({ Properties }) =>
        list(Properties['Queues'])
          .map(flat as never)
          .includes(queue as never),
      )
      .flatMap(statementsOf);
  const encrypted = { 'aws:SecureTransport': 'true' };

  test.each(engines('AWS::SQS::Queue').map(([id]) => withoutHash(id)))(
    '%s is encrypted, and refuses whoever comes without TLS',
    (name) => {
      expect(named(resources, name).Properties['SqsManagedSseEnabled']).toBe(true);
      const statements = statementsAbout(`<${name}>`);
      const send = { action: 'sqs:SendMessage', resource: `<${name}>` };
      const clear = { 'aws:SecureTransport': 'false' };
      expect(judge(statements, { ...send, context: clear })).toBe('denied');
      expect(judge(statements, { ...send, context: encrypted })).toBe('silent');
    },
  );

  test.each([
    ['news', 'sns.amazonaws.com', '<News>'],
    ['shop', 'events.amazonaws.com', '<EngineIngestsshopRule>'],
  ])('takes dead letters of %s from its source, and from no other', (name, service, source) => {
    const resource = `<EngineIngests${name}DeadLettersQueue>`;
    const sent = (by: string) =>
      judge(statementsAbout(resource), {
        action: 'sqs:SendMessage',
        resource,
        service,
        context: { ...encrypted, 'aws:SourceArn': by },
      });
    expect(sent(source)).toBe('allowed');
    expect(sent('arn:aws:sns:eu-west-1:210987654321:theirs')).toBe('silent');
  });
});

describe('a service', () => {
  test('starts a function for one source of this account', () => {
    for (const [id, { Properties }] of ofType(resources, 'AWS::Lambda::Permission')) {
      expect(Properties['Action'], id).toBe('lambda:InvokeFunction');
      const from = flat(Properties['SourceArn']);
      // No wildcard but in the place of an API's stage and method.
      expect(from.replace(/<EngineHttpApi>\/\*\/\*\//, ''), id).not.toContain('*');
      expect(from, id).toMatch(/<\w+>/);
      // A bucket's ARN names no account.
      if (Properties['Principal'] !== 's3.amazonaws.com') continue;
      expect(flat(Properties['SourceAccount']), id).toBe('<AWS::AccountId>');
    }
  });

  test('that keeps time uses a role for this account’s schedules alone', () => {
    const roles = engines('AWS::IAM::Role').map(([, { Properties }]) => {
      return Properties['AssumeRolePolicyDocument'].Statement[0];
    });
    const clocks = roles.filter(({ Principal }) => Principal.Service === 'scheduler.amazonaws.com');
    expect(clocks).toHaveLength(ofType(resources, 'AWS::Scheduler::Schedule').length);
    const group =
      'arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule-group/default';
    const own = { 'aws:SourceAccount': '<AWS::AccountId>', 'aws:SourceArn': group };
    for (const trust of clocks) {
      const assumed = (context: Request['context']) =>
        judge([{ ...trust, Resource: '*' }], {
          action: 'sts:AssumeRole',
          resource: 'role',
          service: 'scheduler.amazonaws.com',
          context,
        });
      expect(assumed(own)).toBe('allowed');
      expect(assumed({ ...own, 'aws:SourceAccount': '210987654321' })).toBe('silent');
      expect(assumed({ ...own, 'aws:SourceArn': `${group}s` })).toBe('silent');
    }
  });
});

describe('a function', () => {
  const functions = engines('AWS::Lambda::Function');

  test('has one role of its own, without a policy of others', () => {
    const roles = functions.map(([, { Properties }]) => flat(Properties['Role']));
    expect(new Set(roles).size).toBe(functions.length);
    for (const [id, { Properties }] of engines('AWS::IAM::Role')) {
      expect(Properties, id).not.toHaveProperty('ManagedPolicyArns');
      expect(Properties, id).not.toHaveProperty('Policies');
    }
  });

  test('sends traces, which have no resource, and may do nothing else to everything', () => {
    const everywhere = engines('AWS::IAM::Policy').flatMap(([, policy]) =>
      statementsOf(policy)
        .filter(({ Resource: on }) => list(on).some((one) => flat(one) === '*'))
        .flatMap(({ Action: does }) => list(does).map((action) => `${action} *`)),
    );
    expect([...new Set(everywhere)].sort()).toEqual(traces);
    for (const [id, { Properties }] of functions) {
      if (id.includes('framework')) continue;
      expect(Properties['TracingConfig'], id).toEqual({ Mode: 'Active' });
    }
  });

  test('names each thing that it does', () => {
    const actions = engines('AWS::IAM::Policy').flatMap(([, policy]) =>
      statementsOf(policy).flatMap((statement) => list(statement.Action)),
    );
    expect(actions.filter((action) => action.includes('*'))).toEqual([]);
  });

  test('writes to a log of its own, which ends', () => {
    const logs = functions.map(([id, { Properties }]) => {
      const log = flat(Properties['LoggingConfig'].LogGroup);
      const role = flat(Properties['Role']).slice(1, -1);
      expect(permissionsOf(resources, role), id).toContain(`logs:PutLogEvents ${log}`);
      expect(named(resources, log.slice(1, -1)).Properties['RetentionInDays'], id).toBe(30);
      return log;
    });
    expect(new Set(logs).size).toBe(functions.length);
  });
});
