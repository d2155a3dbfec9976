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
import { lambdaInvoke } from '../shared/aws/lambda-invoke.ts';
import { s3Objects } from '../shared/aws/s3-objects.ts';
import { sqsSend } from '../shared/aws/sqs-send.ts';
import { sqsWakeUps } from '../shared/aws/sqs-wake-ups.ts';
import { lambdaClient, sqsClient } from '../shared/aws/trigger-clients.ts';
import { environmentNames } from '../shared/contract.ts';
import { type Call, createEngine, type Engine, openCall } from '../shared/engine/engine.ts';
import { hostChance, hostClock } from '../shared/engine/host-environment.ts';
import type { EpochMillis } from '../shared/ids.ts';
import { tableCallMillisMax } from '../shared/limits.ts';
import type { Targets } from '../shared/ports/targets.ts';
import type { WakeUps } from '../shared/ports/wake-ups.ts';
import type { Objects } from '../shared/store/objects.ts';
import { isPublicAddress } from '../shared/webhook/addresses.ts';
import { endpointPost } from '../shared/webhook/endpoint.ts';
import { webhookPoster } from '../shared/webhook/post.ts';
import { hostResolver } from '../shared/webhook/resolve-host.ts';
import { bodyOf, requestOf, resultOf } from './http-event.ts';

type HttpHandler = (
  event: APIGatewayProxyEventV2,
  invocation: Invocation,
) => Promise<APIGatewayProxyStructuredResultV2>;

type Env = { readonly event: APIGatewayProxyEventV2; readonly invocation: Invocation };

/** What an engine needs besides the table, which all of them have. */
type Parts = {
  readonly objects: Objects;
  /** @default nobody is told that there is something to deliver */
  readonly wakeUps?: WakeUps;
  /** How long the last call to a store may take, that was begun in time.
   * @default tableCallMillisMax */
  readonly lastCallMillisMax?: number;
};

/** Answers API Gateway by those routes. What an answer leaves under way is awaited before the
 * answer is given, since Lambda freezes the process with it. */
export function serve({
  routes,
  ...parts
}: Parts & { readonly routes: readonly RouteGroup[] }): HttpHandler {
  const engine = openEngine(parts);
  const api = createApi({
    engine,
    routes,
    readBody: async ({ env }, bytesMax) => bodyOf((env as Env).event, bytesMax),
    deadline: ({ env }) => deadlineOf((env as Env).invocation),
    onFault: report,
  });
  return async (event, invocation) => {
    await wakeSockets();
    const response = await api.fetch(requestOf(event), { event, invocation } satisfies Env);
    await engine.background.idle();
    return resultOf(response);
  };
}

/** Works on events that are no requests. What it leaves under way is awaited, too, also when it
 * fails: Lambda is told of that, and brings the event again. */
export function onEvent<Event, Answer>(
  parts: Parts,
  work: (engine: Engine, call: Call, event: Event) => Promise<Answer>,
): (event: Event, invocation: Invocation) => Promise<Answer> {
  const engine = openEngine(parts);
  return async (event, invocation) => {
    await wakeSockets();
    const call = openCall(engine, { deadline: deadlineOf(invocation, parts.lastCallMillisMax) });
    try {
      return await work(engine, call, event);
    } finally {
      await engine.background.idle();
    }
  };
}

function openEngine(parts: Parts): Engine {
  const tableName = environment(environmentNames.tableName);
  const table = dynamodbTable({ client: dynamodbClient(), tableName });
  return createEngine({ ...parts, table, clock: hostClock, chance: hostChance });
}

/** Sockets that were closed while the process was frozen say so now, before one is used again. */
function wakeSockets(): Promise<void> {
  return hostClock.turn();
}

/** Tells people, in the log. */
export function report(fault: unknown): void {
  console.error(fault);
}

/** The queues by which whoever delivers is woken. */
export function openWakeUps(): WakeUps {
  const fifoQueueUrl = environment(environmentNames.wakeUpQueueUrl);
  const delayQueueUrl = environment(environmentNames.delayQueueUrl);
  const client = sqsClient();
  return sqsWakeUps({ client, fifoQueueUrl, delayQueueUrl, clock: hostClock, chance: hostChance });
}

/** Of subscriptions: which of them are reached is the role's to say, and of endpoints the
 * addresses'. */
export function openTargets(): Targets {
  const resolve = hostResolver({ clock: hostClock });
  const parts = { resolve, allows: isPublicAddress, clock: hostClock };
  return {
    invoke: lambdaInvoke({ client: lambdaClient() }),
    send: sqsSend({ client: sqsClient() }),
    post: endpointPost({ post: webhookPoster(parts), now: hostClock.now }),
  };
}

/** The segments' bucket. */
export function openSegments(): Objects {
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

/** The last call that was begun in time may still end. */
function deadlineOf(invocation: Invocation, lastCallMillisMax = tableCallMillisMax): EpochMillis {
  const millis = invocation.getRemainingTimeInMillis() - lastCallMillisMax;
  return (hostClock.now() + millis) as EpochMillis;
}

export function environment(name: string): string {
  const value = process.env[name];
  assert(value, `the environment has no ${name}`);
  return value;
}
