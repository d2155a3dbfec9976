// The way in: every route asks who is calling, and a grant opens no more than it names.

import { CfnParameter, Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { Auth, type JwtAuth } from '../../../infra/access/auth.ts';
import { MessageEngine } from '../../../infra/message-engine.ts';
import type { MessageEngineProps } from '../../../infra/settings.ts';
import { functionNames, functionRoutes, grantedRoutes } from '../../../shared/contract.ts';
import { engineResources, flat, newStack, ofType, resourcesOf, theOnly } from '../template.ts';
import { jwt } from './tokens.ts';

const routesOf = (resources: ReturnType<typeof engineResources>) =>
  ofType(resources, 'AWS::ApiGatewayV2::Route').map(([, route]) => route.Properties);

describe('the routes', () => {
  const resources = engineResources();

  test('are those of the contract, each answered by its function', () => {
    const integrations = new Map(
      ofType(resources, 'AWS::ApiGatewayV2::Integration').map(([id, { Properties }]) => [
        id,
        flat(Properties['IntegrationUri']),
      ]),
    );
    const served = routesOf(resources).map((route) => {
      const integration = route['Target']['Fn::Join'][1][1].Ref;
      return `${route['RouteKey']} ${integrations.get(integration)}`;
    });
    const expected = functionNames.flatMap((name) => {
      const id = name.charAt(0).toUpperCase() + name.slice(1);
      return functionRoutes[name].map((route) => `${route} <Engine${id}Function>`);
    });
    expect(served.sort()).toEqual(expected.sort());
  });

  test('ask for a signature, all of them', () => {
    const types = routesOf(resources).map((route) => route['AuthorizationType']);
    expect(types.length).toBeGreaterThan(0);
    expect(new Set(types)).toEqual(new Set(['AWS_IAM']));
  });

  test('or for a token with a scope of that function, all of them', () => {
    const guarded = engineResources({ auth: Auth.jwt(jwt) });
    const authorizer = theOnly(guarded, 'AWS::ApiGatewayV2::Authorizer').Properties;
    expect(authorizer).toMatchObject({
      AuthorizerType: 'JWT',
      IdentitySource: ['$request.header.Authorization'],
      JwtConfiguration: { Issuer: jwt.issuer, Audience: jwt.audience },
    });
    for (const route of routesOf(guarded)) {
      expect(route['AuthorizationType']).toBe('JWT');
      expect(flat(route['AuthorizerId'])).toBe('<EngineHttpApiJwt>');
    }
    const scopes = new Map(
      routesOf(guarded).map((route) => [route['RouteKey'], route['AuthorizationScopes']]),
    );
    for (const name of functionNames) {
      for (const route of functionRoutes[name]) {
        expect(scopes.get(route)).toEqual(jwt.scopes[name]);
      }
    }
  });
});

test('nothing else lets anyone in: no function URL, no second stage', () => {
  const resources = engineResources();
  expect(ofType(resources, 'AWS::Lambda::Url')).toEqual([]);
  expect(theOnly(resources, 'AWS::ApiGatewayV2::Stage').Properties['StageName']).toBe('$default');
});

test('the stage throttles, and logs who called what and how it ended', () => {
  const stage = theOnly(
    engineResources({ requestRate: 70, requestBurst: 80 }),
    'AWS::ApiGatewayV2::Stage',
  ).Properties;
  expect(stage['DefaultRouteSettings']).toEqual({
    ThrottlingRateLimit: 70,
    ThrottlingBurstLimit: 80,
  });
  const { DestinationArn, Format } = stage['AccessLogSettings'];
  expect(flat(DestinationArn)).toBe('<EngineHttpAccessLog>');
  expect(Object.keys(JSON.parse(Format))).toEqual(
    expect.arrayContaining(['caller', 'route', 'status', 'refusal']),
  );
  expect(Format).not.toMatch(/header|querystring|body/i);
});

test('a JWT way in says what it lacks', () => {
  const refused = (part: Partial<JwtAuth>) => () => Auth.jwt({ ...jwt, ...part });
  expect(refused({ issuer: 'http://x' })).toThrow("issuer is 'http://x': it must be an https URL");
  expect(refused({ audience: [] })).toThrow('audience is empty');
  expect(refused({ scopes: { ...jwt.scopes, fetch: [] } })).toThrow('scopes.fetch is empty');
});

describe('a grant', () => {
  const prefix = 'arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<EngineHttpApi>';

  const wrongNames = ['', '*', 'or*ers', 'orders/partitions', 'or?ers', 'orders$', '.', '..'];

  function engineAndCaller(props?: MessageEngineProps): [Stack, MessageEngine, Role] {
    const stack = newStack();
    const caller = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2') });
    return [stack, new MessageEngine(stack, 'Engine', props), caller];
  }

  /** The resources that a caller's one policy names, each as `METHOD /path`. */
  function granted(give: (engine: MessageEngine, caller: Role) => void): string[] {
    const [stack, engine, caller] = engineAndCaller();
    give(engine, caller);
    const [statement] = ofType(resourcesOf(stack), 'AWS::IAM::Policy')
      .filter(([id]) => id.startsWith('Caller'))
      .flatMap(([, { Properties }]) => Properties['PolicyDocument'].Statement);
    expect(statement).toMatchObject({ Action: 'execute-api:Invoke', Effect: 'Allow' });
    return statement.Resource.map((resource: object) =>
      flat(resource as never).replace(`${prefix}/$default/`, ''),
    ).sort();
  }

  test('to produce to one topic names that topic alone', () => {
    expect(granted((engine, caller) => engine.grantProduce(caller, 'orders'))).toEqual([
      'POST/producers',
      'POST/topics/orders',
      'POST/topics/orders/partitions/*',
      'POST/v3/clusters/*/topics/orders/records',
      'POST/v3/clusters/*/topics/orders/records:batch',
    ]);
  });

  test('to produce to every topic also names what takes its topics from the body', () => {
    expect(granted((engine, caller) => engine.grantProduce(caller))).toContain('POST/transactions');
  });

  test('to fetch names no way to write', () => {
    expect(granted((engine, caller) => engine.grantFetch(caller))).toEqual([
      'GET/topics/*/partitions/*/offsets',
      'GET/topics/*/partitions/*/records',
      'GET/topics/*/partitions/*/segments',
      'GET/topics/*/sizes',
      'GET/v3/clusters/*/topics/*/partitions/*/offset',
    ]);
  });

  test('to produce, to fetch or to consume is none to delete what is stored', () => {
    const resources = [
      ...granted((engine, caller) => engine.grantProduce(caller)),
      ...granted((engine, caller) => engine.grantFetch(caller)),
      ...granted((engine, caller) => engine.grantConsume(caller)),
    ];
    // IAM's wildcard stands for slashes, too.
    const letIn = (request: string) =>
      resources.filter((resource) => {
        const form = resource.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
        return new RegExp(`^${form.join('.*')}$`).test(request);
      });
    expect(letIn('GET/topics/orders/partitions/0/records')).toHaveLength(1);
    expect(letIn('DELETE/v3/clusters/sluice/topics/orders/partitions/0/records')).toEqual([]);
  });

  test('is refused for what is no topic’s name', () => {
    const [, engine, caller] = engineAndCaller();
    for (const topic of wrongNames) {
      expect(() => engine.grantProduce(caller, topic)).toThrow(`topic is '${topic}'`);
    }
  });

  test('to consume in one group names that group, and every method', () => {
    expect(granted((engine, caller) => engine.grantConsume(caller, 'billing'))).toEqual([
      'DELETE/consumers/billing/instances/*',
      'GET/consumers/billing/instances/*',
      'POST/consumers/billing',
      'POST/consumers/billing/instances/*',
    ]);
  });

  test('to consume lets nobody look at groups from without, or change them', () => {
    const resources = granted((engine, caller) => engine.grantConsume(caller));
    expect(resources).toHaveLength(grantedRoutes.consume.length);
    for (const resource of resources) expect(resource).toMatch(/^[A-Z]+\/consumers\/\*/);
  });

  test('to consume is refused for a group whose name a path or a policy reads otherwise', () => {
    const [, engine, caller] = engineAndCaller();
    for (const group of [...wrongNames, 'a b', 'a%2Fb', 'ä', 'a'.repeat(250)]) {
      expect(() => engine.grantConsume(caller, group)).toThrow(
        `group is '${group}': it must be 1 to 249 of`,
      );
    }
  });

  test('takes a name that only the deployment knows', () => {
    const name = (engine: MessageEngine) =>
      new CfnParameter(Stack.of(engine), 'Name').valueAsString;
    expect(granted((engine, caller) => engine.grantFetch(caller, name(engine)))).toContain(
      'GET/topics/<Name>/partitions/*/records',
    );
    expect(granted((engine, caller) => engine.grantConsume(caller, name(engine)))).toContain(
      'POST/consumers/<Name>/instances/*',
    );
  });

  test('is refused where callers are known by token', () => {
    const [, engine, caller] = engineAndCaller({ auth: Auth.jwt(jwt) });
    expect(() => engine.grantFetch(caller)).toThrow('auth is of the kind jwt');
    expect(() => engine.grantConsume(caller)).toThrow('auth is of the kind jwt');
  });

  test('may be given for an engine of another stack', () => {
    const stack = newStack();
    const engine = MessageEngine.fromAttributes(stack, 'Theirs', {
      apiId: 'abc123',
      endpoint: 'https://abc123.example.com',
    });
    const caller = new Role(stack, 'Caller', { assumedBy: new ServicePrincipal('ec2') });
    engine.grantProduce(caller, 'orders');
    engine.grantConsume(caller, 'billing');
    const [statement] = theOnly(resourcesOf(stack), 'AWS::IAM::Policy').Properties['PolicyDocument']
      .Statement;
    const suffixes = statement.Resource.map((resource: object) =>
      flat(resource as never).replace(/^.*:abc123\/\$default\//, ''),
    );
    expect(suffixes).toContain('POST/topics/orders');
    expect(suffixes).toContain('POST/consumers/billing');
  });
});
