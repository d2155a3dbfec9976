// The stack sends a request where the contract says: the function there must serve it, or an
// account answers 404 where the embedded engine does not. Each handler is asked as Lambda asks it,
// by OPTIONS, which every path answers with its methods and none with a look at a store.

import { readFileSync } from 'node:fs';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { beforeAll, expect, test, vi } from 'vitest';
import type { serve } from '../../functions/runtime.ts';
import { healthRoutes } from '../../shared/api/health-routes.ts';
import {
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

/** Where API Gateway sends a request: to its own route, else to the one for all the rest. */
function functionFor(route: string): FunctionName {
  const exact = functionNames.find((name) => functionRoutes[name].some((own) => own === route));
  return exact ?? 'topics';
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

test('what the contract names is described, but for the way of all the rest', () => {
  const named = functionNames.flatMap((name): readonly string[] => functionRoutes[name]);
  expect(named.filter((route) => !described.includes(route))).toEqual(['ANY /{proxy+}']);
});
