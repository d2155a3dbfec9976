// The ways in: each asks of every route, an administrator's key is nobody's but IAM's to give, and
// what ACLs need to be asked is given to whoever asks them.

import { Duration } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { describe, expect, test } from 'vitest';
import { Auth } from '../../../infra/access/auth.ts';
import { MessageEngine } from '../../../infra/message-engine.ts';
import { settingsOf } from '../../../infra/settings.ts';
import { principalOfArn } from '../../../shared/access/principal.ts';
import { apiKeyRoutes, functionNames, functionRoutes } from '../../../shared/contract.ts';
import { permissionsOf } from '../permissions.ts';
import { storePermissions } from '../store-permissions.ts';
import {
  engineResources,
  flat,
  handlerOf,
  newStack,
  ofType,
  type Resources,
  resourcesOf,
  theOnly,
} from '../template.ts';
import { jwt } from './tokens.ts';

function authorizationOf(resources: Resources): Map<string, string> {
  const routes = ofType(resources, 'AWS::ApiGatewayV2::Route');
  return new Map(
    routes.map(([, { Properties }]) => [Properties['RouteKey'], Properties['AuthorizationType']]),
  );
}

const environmentOf = (resources: Resources, name: string) =>
  ofType(resources, 'AWS::Lambda::Function').find(
    ([, resource]) => handlerOf(resource) === name,
  )?.[1].Properties['Environment'].Variables;

describe('by API keys', () => {
  const resources = engineResources({ auth: Auth.apiKeys({ cacheTtl: Duration.seconds(5) }) });

  test('every route asks for a key, and those that make keys for a signature', () => {
    const asked = authorizationOf(resources);
    const served = functionNames.flatMap((name) => functionRoutes[name]);
    expect([...asked.keys()].sort()).toEqual([...served, ...apiKeyRoutes].sort());
    for (const route of served) expect([route, asked.get(route)]).toEqual([route, 'CUSTOM']);
    for (const route of apiKeyRoutes) expect([route, asked.get(route)]).toEqual([route, 'AWS_IAM']);
  });

  test('without a key no function is reached, and an answer is remembered for a while', () => {
    expect(theOnly(resources, 'AWS::ApiGatewayV2::Authorizer').Properties).toMatchObject({
      AuthorizerType: 'REQUEST',
      IdentitySource: ['$request.header.Authorization'],
      EnableSimpleResponses: true,
      AuthorizerPayloadFormatVersion: '2.0',
      AuthorizerResultTtlInSeconds: 5,
    });
  });

  test('who says whose a key is sees keys alone, and who makes them no more', () => {
    const own = (name: string) =>
      permissionsOf(resources, `EngineApiKeys${name}Role`).filter((line) => !/^logs:/.test(line));
    expect(own('Authorize')).toEqual([...storePermissions.authorize].sort());
    // The library drops a part of an id that the one before it ends in.
    expect(own('')).toEqual([...storePermissions.keys].sort());
  });

  test('making keys is granted route by route, where there are any', () => {
    const stack = newStack();
    const administrator = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2') });
    new MessageEngine(stack, 'Engine', { auth: Auth.apiKeys() }).grantManageKeys(administrator);
    const [statement] = ofType(resourcesOf(stack), 'AWS::IAM::Policy')
      .filter(([id]) => id.startsWith('Caller'))
      .flatMap(([, { Properties }]) => Properties['PolicyDocument'].Statement);
    const routes = statement.Resource.map((one: object) =>
      flat(one as never)
        .split('/')
        .slice(2),
    );
    expect(routes.map((one: string[]) => one.join('/')).sort()).toEqual(
      apiKeyRoutes.map((route) => route.replace(' ', '').replaceAll(/\{\w+\}/g, '*')).sort(),
    );
    const signed = new MessageEngine(stack, 'Signed');
    expect(() => signed.grantManageKeys(administrator)).toThrow('there are no keys to manage');
  });

  test('no role is let in by what is granted to it, and so nothing is', () => {
    const stack = newStack();
    const caller = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2') });
    const engine = new MessageEngine(stack, 'Engine', { auth: Auth.apiKeys() });
    expect(() => engine.grantProduce(caller)).toThrow('auth is of the kind api-keys');
  });

  test('how many keys are looked up at once may be bounded', () => {
    const auth = Auth.apiKeys();
    const functions = ofType(
      engineResources({ auth, authorizeConcurrency: 9 }),
      'AWS::Lambda::Function',
    );
    const bounds = functions.map(([, one]) => [
      handlerOf(one),
      one.Properties['ReservedConcurrentExecutions'],
    ]);
    expect(bounds.filter(([, bound]) => bound !== undefined)).toEqual([['authorize', 9]]);
  });

  test('an answer is remembered for an hour at most', () => {
    expect(() => Auth.apiKeys({ cacheTtl: Duration.hours(2) })).toThrow(
      'cacheTtl is 7200: it must be a whole number from 0 to 3600 seconds',
    );
  });
});

test('by signature or token, there are no functions for keys', () => {
  const names = ofType(engineResources(), 'AWS::Lambda::Function').map(([, resource]) =>
    handlerOf(resource),
  );
  expect(names).toContain('topics');
  expect(names).not.toContain('keys');
  expect(names).not.toContain('authorize');
});

describe('ACLs', () => {
  const superUsers = ['User:arn:aws:sts::123456789012:assumed-role/admin', 'User:ops'];
  const resources = engineResources({ superUsers });

  test('are told to whoever serves requests, with those whom they do not bind', () => {
    for (const name of functionNames) {
      expect(environmentOf(resources, name)).toMatchObject({
        SLUICE_ACLS: 'on',
        SLUICE_SUPER_USERS: superUsers.join(';'),
      });
    }
    expect(environmentOf(engineResources(), 'produce')).not.toHaveProperty('SLUICE_ACLS');
  });

  test('are read by those who ask them, and written by topics alone', () => {
    const onAcls = (name: string) =>
      permissionsOf(resources, `Engine${name}Role`).filter((line) => line.includes('acls'));
    const reads = ['dynamodb:GetItem <EngineTable> (acls)', 'dynamodb:Query <EngineTable> (acls)'];
    expect(onAcls('Groups')).toEqual(reads);
    expect(onAcls('Subscriptions')).toEqual(reads);
  });

  test('bind everyone but those who write the first one, so there is somebody', () => {
    const refused =
      (...names: string[]) =>
      () =>
        engineResources({ superUsers: names });
    expect(refused()).toThrow('superUsers is empty');
    expect(refused('ops')).toThrow(`superUsers holds 'ops': it must be "User:" and a name`);
    expect(refused('User:a;User:b')).toThrow('it must have no ";"');
    expect(refused('User:*')).toThrow('must not be everyone');
  });

  test('a role is named as it signs, and what it is told is right', () => {
    const role = (superUser: string) => () =>
      settingsOf({ superUsers: [superUser] }, new Construct(newStack(), 'Engine'));
    const signed = 'User:arn:aws-cn:sts::123456789012:assumed-role/admin';
    for (const named of ['role/admin', 'role/some/path/admin']) {
      const superUser = `User:arn:aws-cn:iam::123456789012:${named}`;
      const fault = `it matches nobody: a role that has signed is '${signed}'`;
      expect(role(superUser)).toThrow(`superUsers holds '${superUser}': ${fault}`);
    }
    for (const good of [signed, 'User:arn:aws:iam::123456789012:user/role/ops']) {
      expect(role(good)).not.toThrow();
    }
    expect(principalOfArn(`${signed.slice('User:'.length)}/session`)).toBe(signed);
    const one = `it matches nobody: a session of that role is '${signed}'`;
    expect(role(`${signed}/session`)).toThrow(one);
  });
});

test('the claim that names a caller is told to whoever serves requests', () => {
  const auth = Auth.jwt({ ...jwt, principalClaim: 'client_id' });
  expect(environmentOf(engineResources({ auth }), 'fetch')).toMatchObject({
    SLUICE_PRINCIPAL_CLAIM: 'client_id',
  });
  expect(() => Auth.jwt({ ...jwt, principalClaim: '' })).toThrow('principalClaim is empty');
});
