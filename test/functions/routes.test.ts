// The stack sends a request where the contract says: the function there must serve it, or an
// account answers 404 where the embedded engine does not. Each handler is asked as Lambda asks it,
// by OPTIONS, which every path answers with its methods and none with a look at a store.

import { readFileSync } from 'node:fs';
import type { APIGatewayProxyEventV2, Context } from 'aws-lambda';
import { beforeAll, expect, test, vi } from 'vitest';
import type { serve } from '../../functions/runtime.ts';
import { healthRoutes } from '../../shared/api/health-routes.ts';
import {
  apiKeyRoutes,
  environmentNames,
  functionNames,
  functionRoutes,
  grantedRoutes,
} from '../../shared/contract.ts';
import { functionFor, takesIn } from './function-for.ts';
import { signed } from './signed.ts';

const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8'));
const described = Object.entries<object>(paths).flatMap(([path, item]) =>
  Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
);

/** What answers requests: also the one that makes keys, where callers are known by them. */
const serving = [...functionNames, 'keys'] as const;
type Serving = (typeof serving)[number];

const handlers = new Map<Serving, ReturnType<typeof serve>>();

beforeAll(async () => {
  // What it tells of them is not the point here.
  vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  const { acls: _, ...names } = environmentNames;
  for (const name of Object.values(names)) vi.stubEnv(name, 'x');
  for (const name of serving) {
    const { handler } = await import(`../../functions/${name}.ts`);
    handlers.set(name, handler);
  }
  vi.unstubAllEnvs();
});

/** The methods that a function has for a path, its parameters filled in. */
async function methodsOf(name: Serving, path: string): Promise<readonly string[]> {
  const event = {
    rawPath: path.replaceAll(/\{\w+\}/g, '0'),
    rawQueryString: '',
    headers: {},
    isBase64Encoded: false,
    requestContext: { ...signed, domainName: 'x.example.com', http: { method: 'OPTIONS' } },
  } as unknown as APIGatewayProxyEventV2;
  const invocation = { getRemainingTimeInMillis: () => 28_000 } as Context;
  const answer = await handlers.get(name)?.(event, invocation);
  return String(answer?.headers?.['allow'] ?? '').split(', ');
}

function serverOf(route: string): Serving {
  return apiKeyRoutes.some((own) => own === route) ? 'keys' : functionFor(route);
}

test('what is described is served by the function it is sent to, and by no other', async () => {
  expect(described.length).toBeGreaterThan(20);
  for (const route of described) {
    const [method = '', path = ''] = route.split(' ');
    const servers: Serving[] = [];
    for (const name of serving) {
      if ((await methodsOf(name, path)).includes(method)) servers.push(name);
    }
    const everyones = Object.keys(healthRoutes).includes(route);
    expect([route, servers]).toEqual([route, everyones ? serving : [serverOf(route)]]);
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
    (route) => !grantedRoutes.consume.some((own) => takesIn(own, route)),
  );
  expect(withheld).toEqual([]);
});
