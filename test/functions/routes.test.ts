// The stack sends a request where the contract says: the function there must serve it, or an
// account answers 404 where the embedded engine does not. Each handler is asked as Lambda asks it,
// by OPTIONS, which every path answers with its methods and none with a look at a store.

import { readFileSync } from 'node:fs';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { beforeAll, expect, test, vi } from 'vitest';
import type { serve } from '../../functions/runtime.ts';
import { healthRoutes } from '../../shared/api/health-routes.ts';
import {
  consumerRoutes,
  environmentNames,
  type FunctionName,
  functionNames,
  functionRoutes,
} from '../../shared/contract.ts';

const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
const described = Object.entries<object>(paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
);

const handlers = new Map<FunctionName, ReturnType<typeof serve>>();

beforeAll(async () => {
  vi.stubEnv('AWS_REGION', 'us-east-1');
  for (const name of Object.values(environmentNames)) vi.stubEnv(name, 'x');
  for (const name of functionNames) {
    const { handler } = await import(`../../functions/${name}.ts`);
    handlers.set(name, handler);
  }
  vi.unstubAllEnvs();
});

/** The methods that a function has for a path, its parameters filled in. */
async function methodsOf(name: FunctionName, path: string): Promise<readonly string[]> {
  const event = {
    rawPath: path.replaceAll(/\{\w+\}/g, '0'),
    rawQueryString: '',
    headers: {},
    isBase64Encoded: false,
    requestContext: { domainName: 'x.example.com', http: { method: 'OPTIONS' } },
  } as unknown as APIGatewayProxyEventV2;
  const invocation = { getRemainingTimeInMillis: () => 28_000 } as Context;
  const answer = await handlers.get(name)?.(event, invocation);
  return String(answer?.headers?.['allow'] ?? '').split(', ');
}

/** Whether a route of the contract's form takes in the described one. */
function takesIn(own: string, route: string): boolean {
  const [method, path = ''] = own.split(' ');
  const [methodGiven, pathGiven = ''] = route.split(' ');
  if (method !== 'ANY' && method !== methodGiven) return false;
  const [stem = '', greedy] = path.split('{proxy+}');
  return greedy === undefined ? path === pathGiven : pathGiven.startsWith(stem);
}

/** Where API Gateway sends a request: to the route that says the most of its path.
 * Source: API Gateway's "Create routes for HTTP APIs". */
function functionFor(route: string): FunctionName {
  const takers = functionNames.flatMap((name) =>
    functionRoutes[name]
      .filter((own) => takesIn(own, route))
      .map((own) => ({ name, said: own.endsWith('{proxy+}') ? own.length : Infinity })),
  );
  const [most] = takers.sort((one, other) => other.said - one.said);
  return most?.name ?? 'topics';
}

test('what is described is served by the function it is sent to, and by no other', async () => {
  expect(described.length).toBeGreaterThan(20);
  for (const route of described) {
    const [method = '', path = ''] = route.split(' ');
    const servers: FunctionName[] = [];
    for (const name of functionNames) {
      if ((await methodsOf(name, path)).includes(method)) servers.push(name);
    }
    const everyones = Object.keys(healthRoutes).includes(route);
    expect([route, servers]).toEqual([route, everyones ? functionNames : [functionFor(route)]]);
  }
});

test('each route of the contract takes in something that is described', () => {
  const named = functionNames.flatMap((name): readonly string[] => functionRoutes[name]);
  const idle = named.filter((own) => !described.some((route) => takesIn(own, route)));
  expect(idle).toEqual([]);
});

test('a consumer’s policy has what is described of consumers, all of it', () => {
  const ofConsumers = described.filter((route) => route.includes(' /consumers/'));
  expect(ofConsumers.length).toBeGreaterThan(10);
  const withheld = ofConsumers.filter(
    (route) => !consumerRoutes.some((own) => takesIn(own, route)),
  );
  expect(withheld).toEqual([]);
});
