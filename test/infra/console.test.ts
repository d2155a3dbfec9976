// The console of a stack: only where it is asked for, behind the same auth as all else, from a
// function that reaches nothing.

import { readFileSync } from 'node:fs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { expect, test } from 'vitest';
import { Auth } from '../../infra/access/auth.ts';
import { MessageEngine } from '../../infra/message-engine.ts';
import { consoleRoutes, environmentNames } from '../../shared/contract.ts';
import { jwt } from './access/tokens.ts';
import { permissionsOf } from './permissions.ts';
import {
  engineResources,
  flat,
  handlerOf,
  newStack,
  ofType,
  type Resources,
  resourcesOf,
} from './template.ts';

const routesIn = (resources: Resources) =>
  ofType(resources, 'AWS::ApiGatewayV2::Route')
    .map(([, { Properties }]) => Properties)
    .filter((route) => consoleRoutes.some((one) => one === route['RouteKey']));

const functionsIn = (resources: Resources) =>
  ofType(resources, 'AWS::Lambda::Function')
    .map(([, resource]) => resource)
    .filter((resource) => handlerOf(resource) === 'console');

test('who has not asked for one has none', () => {
  const resources = engineResources();
  expect([routesIn(resources), functionsIn(resources)]).toEqual([[], []]);
});

test.each([
  ['a signature', Auth.iam(), 'AWS_IAM'],
  ['a token', Auth.jwt(jwt), 'JWT'],
  ['a key', Auth.apiKeys(), 'CUSTOM'],
])('its routes ask for %s, as all others do', (_, auth, type) => {
  const routes = routesIn(engineResources({ auth, console: true }));
  expect(routes.map((route) => route['RouteKey']).sort()).toEqual([...consoleRoutes].sort());
  for (const route of routes) {
    expect(route['AuthorizationType']).toBe(type);
    if (type === 'JWT') expect(route['AuthorizationScopes']).toEqual(jwt.scopes.topics);
  }
});

test('its function knows no store, and its role reaches none', () => {
  const resources = engineResources({ console: true });
  const [{ Properties } = { Properties: {} as never }] = functionsIn(resources);
  expect(Object.keys(Properties['Environment'].Variables)).toEqual([environmentNames.engineName]);
  const own = permissionsOf(resources, 'EngineConsoleRole');
  expect(own.length).toBeGreaterThan(0);
  expect(own.filter((one) => !/^logs:/.test(one))).toEqual([]);
});

test('whoever administers all topics may have it, and nobody else', () => {
  const stack = newStack();
  const engine = new MessageEngine(stack, 'Engine', { console: true });
  const caller = (name: string) =>
    new Role(stack, name, { assumedBy: new ServicePrincipal('ec2') });
  engine.grantAdmin(caller('All'));
  engine.grantAdmin(caller('One'), 'orders');
  engine.grantProduce(caller('Producer'));
  engine.grantFetch(caller('Fetcher'));
  engine.grantConsume(caller('Consumer'));
  const granted = ofType(resourcesOf(stack), 'AWS::IAM::Policy')
    .filter(([, { Properties }]) =>
      [Properties['PolicyDocument'].Statement[0].Resource]
        .flat()
        .some((resource) => flat(resource).includes('/console')),
    )
    .map(([id]) => id.replace(/DefaultPolicy.*/, ''));
  expect(granted).toEqual(['All']);
});

test('what the package ships is the console as it was built', () => {
  const page = readFileSync('dist/functions/console/files/index.html', 'utf8');
  const named = [...page.matchAll(/(?:src|href)="\.\/([^"]+)"/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(1);
  for (const name of named) {
    const text = readFileSync(`dist/functions/console/files/${name}`, 'utf8');
    expect(text.length).toBeGreaterThan(100);
    expect(text, 'a build for developers names the files of whoever built it').not.toContain(
      '.tsx',
    );
  }
  expect(page, 'what is inline, the policy refuses').not.toMatch(/<script>|<style|style=|\son\w+=/);
});
