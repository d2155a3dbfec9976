// Who a request is from, as API Gateway tells it. What the request says of itself counts for
// nothing, and who has no name is nobody.

import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { callerOf, contextOf } from '../../functions/caller.ts';

function callerBy(authorizer: unknown, claim = 'sub') {
  const event = {
    headers: { authorization: 'Bearer User:mallory', 'x-principal': 'User:mallory' },
    requestContext: { authorizer },
  };
  return callerOf(event as unknown as APIGatewayProxyEventV2, claim);
}

const account = 'arn:aws:sts::123456789012:assumed-role';

describe('whoever has signed', () => {
  test.each([
    ['arn:aws:iam::123456789012:user/ann', 'User:arn:aws:iam::123456789012:user/ann'],
    ['arn:aws:iam::123456789012:root', 'User:arn:aws:iam::123456789012:root'],
    [`${account}/shop/i-0123`, `User:${account}/shop`],
    [`${account}/shop/a/b`, `User:${account}/shop`],
    [
      'arn:aws-cn:sts::123456789012:assumed-role/shop/x',
      'User:arn:aws-cn:sts::123456789012:assumed-role/shop',
    ],
    [
      'arn:aws:sts::123456789012:federated-user/bob',
      'User:arn:aws:sts::123456789012:federated-user/bob',
    ],
  ])('%s is %s', (userArn, principal) => {
    expect(callerBy({ iam: { userArn } })).toEqual({ principal });
  });

  test('a session’s name, which its caller chooses, makes nobody of anybody', () => {
    const userArn = `${account}/shop/arn:aws:sts::123456789012:assumed-role`;
    expect(callerBy({ iam: { userArn } })).toEqual({ principal: `User:${account}/shop` });
  });
});

describe('a token', () => {
  test('names its caller by its subject, or the claim that the stack names', () => {
    const claims = { sub: 'ann', client_id: 'shop' };
    expect(callerBy({ jwt: { claims } })).toEqual({ principal: 'User:ann' });
    expect(callerBy({ jwt: { claims } }, 'client_id')).toEqual({ principal: 'User:shop' });
  });

  test.each([undefined, '', 7, 'a\nb', 'x'.repeat(600)])('with the name %j is nobody’s', (sub) => {
    expect(callerBy({ jwt: { claims: { sub } } })).toBeUndefined();
  });
});

describe('a key', () => {
  test('brings its principal, and what it is narrowed to', () => {
    const whole = { principal: 'User:shop' };
    expect(callerBy({ lambda: contextOf(whole) })).toEqual(whole);
    const narrowed = { ...whole, operations: ['READ', 'DESCRIBE'] as const };
    expect(callerBy({ lambda: contextOf(narrowed) })).toEqual(narrowed);
  });

  test('narrowed to what nobody knows lets nothing through', () => {
    const context = { principal: 'User:shop', operations: 'FLY' };
    expect(callerBy({ lambda: context })).toEqual({ principal: 'User:shop', operations: [] });
  });
});

test.each([undefined, {}, { iam: null }, { jwt: {} }, { lambda: {} }, { lambda: null }])(
  'nobody was asked: %j',
  (authorizer) => {
    expect(callerBy(authorizer)).toBeUndefined();
  },
);
