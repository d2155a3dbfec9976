// The functions' composition root: from the environment to adapters, from adapters to an engine,
// from an engine to a handler. The one file here that knows the time, chance and the environment.
//
// A process keeps its engine between invocations: caches stay warm, and nothing else is remembered.

import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context as Invocation,
} from 'aws-lambda';
import { createApi } from '../shared/api/api.ts';
import type { RouteGroup } from '../shared/api/exchange.ts';
import { AssertionError, assert } from '../shared/assert.ts';
import { dynamodbClient, s3Client } from '../shared/aws/clients.ts';
import { dynamodbTable } from '../shared/aws/dynamodb-table.ts';
import { s3Objects } from '../shared/aws/s3-objects.ts';
import { environmentNames } from '../shared/contract.ts';
import { createEngine } from '../shared/engine/engine.ts';
import { hostChance, hostClock } from '../shared/engine/host-environment.ts';
import type { EpochMillis } from '../shared/ids.ts';
import { tableCallMillisMax } from '../shared/limits.ts';
import type { Objects } from '../shared/store/objects.ts';
import { bodyOf, requestOf, resultOf } from './http-event.ts';

type HttpHandler = (
  event: APIGatewayProxyEventV2,
  invocation: Invocation,
) => Promise<APIGatewayProxyStructuredResultV2>;

type Env = { readonly event: APIGatewayProxyEventV2; readonly invocation: Invocation };

/** Answers API Gateway by those routes. What an answer leaves under way is awaited before the
 * answer is given, since Lambda freezes the process with it. */
export function serve(parts: {
  readonly routes: readonly RouteGroup[];
  readonly objects: Objects;
}): HttpHandler {
  const { routes, objects } = parts;
  const tableName = environment(environmentNames.tableName);
  const table = dynamodbTable({ client: dynamodbClient(), tableName });
  const engine = createEngine({ objects, table, clock: hostClock, chance: hostChance });
  const api = createApi({
    engine,
    routes,
    readBody: async ({ env }, bytesMax) => bodyOf((env as Env).event, bytesMax),
    deadline: ({ env }) => deadlineOf((env as Env).invocation),
    onFault: (error) => console.error(error),
  });
  return async (event, invocation) => {
    // Sockets that were closed while the process was frozen say so now, before one is used again.
    await hostClock.turn();
    const response = await api.fetch(requestOf(event), { event, invocation } satisfies Env);
    await engine.background.idle();
    return resultOf(response);
  };
}

/** The segments' bucket. */
export function segments(): Objects {
  const bucketName = environment(environmentNames.bucketName);
  return s3Objects({ client: s3Client(), bucketName });
}

/** For a function whose role reaches no bucket, and whose bundle holds no client of one. */
export const noObjects: Objects = {
  put: refuse,
  read: refuse,
  delete: refuse,
  list: refuse,
};

async function refuse(): Promise<never> {
  throw new AssertionError('this function has no bucket');
}

/** The last call to the table that was begun in time may still end. */
function deadlineOf(invocation: Invocation): EpochMillis {
  const millis = invocation.getRemainingTimeInMillis() - tableCallMillisMax;
  return (hostClock.now() + millis) as EpochMillis;
}

function environment(name: string): string {
  const value = process.env[name];
  assert(value, `the environment has no ${name}`);
  return value;
}
