// The functions' composition root: from the environment to adapters, from adapters to an engine,
// from an engine to a handler, and from what it has done to its log. The one file here that knows
// the time, chance and the environment.
//
// A process keeps its engine between invocations: caches stay warm, and nothing else is remembered.

import type {
  APIGatewayProxyEventV2,
  APIGatewayProxyStructuredResultV2,
  Context as Invocation,
} from 'aws-lambda';
import { superUsersIn } from '../shared/access/principal.ts';
import type { AccessControl } from '../shared/api/access.ts';
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
import { tellRun } from '../shared/engine/tell-run.ts';
import { EngineError } from '../shared/errors.ts';
import type { EpochMillis } from '../shared/ids.ts';
import { tableCallMillisMax } from '../shared/limits.ts';
import type { OperationName } from '../shared/metric-names.ts';
import type { Targets } from '../shared/ports/targets.ts';
import type { WakeUps } from '../shared/ports/wake-ups.ts';
import type { Objects } from '../shared/store/objects.ts';
import type { Told } from '../shared/told.ts';
import { type ToldFault, toldFault } from '../shared/told-fault.ts';
import { isPublicAddress } from '../shared/webhook/addresses.ts';
import { endpointPost } from '../shared/webhook/endpoint.ts';
import { webhookPoster } from '../shared/webhook/post.ts';
import { hostResolver } from '../shared/webhook/resolve-host.ts';
import { callerOf } from './caller.ts';
import { bodyOf, requestOf, resultOf } from './http-event.ts';
import { type Tell, telemetry } from './telemetry/telemetry.ts';

type HttpHandler = (
  event: APIGatewayProxyEventV2,
  invocation: Invocation,
) => Promise<APIGatewayProxyStructuredResultV2>;

type Env = {
  readonly event: APIGatewayProxyEventV2;
  readonly invocation: Invocation;
  /** Of its reply, once it is made. */
  told?: Told;
};

/** What an engine needs besides the table, which all of them have. */
type Parts = {
  readonly objects: Objects;
  /** @default nobody is told that there is something to deliver */
  readonly wakeUps?: WakeUps;
  /** How long the last call to a store may take, that was begun in time.
   * @default tableCallMillisMax */
  readonly lastCallMillisMax?: number;
};

type ServeParts = Parts & {
  readonly routes: readonly RouteGroup[];
  /** @default what the stack says: asDeployed */
  readonly access?: AccessControl;
};

/** Answers API Gateway by those routes. What an answer leaves under way is awaited before the
 * answer is given, since Lambda freezes the process with it. */
export function serve({ routes, access = asDeployed(), ...parts }: ServeParts): HttpHandler {
  const engine = openEngine(parts);
  const tell = openTelemetry();
  const api = createApi({
    engine,
    routes,
    access,
    readBody: async ({ env }, bytesMax) => bodyOf((env as Env).event, bytesMax),
    deadline: ({ env }) => deadlineOf((env as Env).invocation),
    onFault: report,
    onReply: (told, { env }) => Object.assign(env as Env, { told }),
  });
  return async (event, invocation) => {
    await wakeSockets();
    const env: Env = { event, invocation };
    const response = await api.fetch(requestOf(event), env);
    await engine.background.idle();
    const { awsRequestId: requestId } = invocation;
    const { requestId: apiRequestId } = event.requestContext;
    if (env.told !== undefined) await tell(env.told, { requestId, apiRequestId });
    return resultOf(response);
  };
}

/** Whom API Gateway has let in. What they may, ACLs say where the stack wants that, and else
 * nobody. */
function asDeployed(): AccessControl {
  const { acls, superUsers, principalClaim } = environmentNames;
  const claim = process.env[principalClaim] ?? 'sub';
  const named = superUsersIn(process.env[superUsers] ?? '');
  return {
    identify: ({ env }) => callerOf((env as Env).event, claim),
    ...(process.env[acls] !== undefined && { acls: { superUsers: new Set(named) } }),
  };
}

/** Whoever API Gateway has let in on an administrator's route, by his signature. */
export const administrators: AccessControl = {
  identify: ({ env }) => callerOf((env as Env).event, 'sub'),
  apiKeys: true,
};

/** Works on events that are no requests. What it leaves under way is awaited, too, also when it
 * fails: Lambda is told of that, and brings the event again. Lambda's log has the words of what is
 * thrown, so they are those that our own log would have. */
export function onEvent<Event, Answer>(
  operation: OperationName,
  parts: Parts,
  work: (engine: Engine, call: Call, event: Event) => Promise<Answer>,
): (event: Event, invocation: Invocation) => Promise<Answer> {
  const engine = openEngine(parts);
  const tell = openTelemetry();
  return async (event, invocation) => {
    await wakeSockets();
    const call = openCall(engine, { deadline: deadlineOf(invocation, parts.lastCallMillisMax) });
    const { awsRequestId: requestId } = invocation;
    const telling = { operation, tell: (told: Told) => tell(told, { requestId }) };
    return tellRun(engine, call, telling, async () => {
      try {
        return await work(engine, call, event);
      } finally {
        await engine.background.idle();
      }
    }).catch((error: unknown) => {
      throw asTold(error);
    });
  };
}

function asTold(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof EngineError) return error;
  const { errorType: name, errorMessage, stackTrace } = toldFault(error) as ToldFault;
  const stack = [`${name}: ${errorMessage}`, ...stackTrace].join('\n    ');
  return Object.assign(new Error(errorMessage), { name, stack });
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

/** Tells people, in the log, where Lambda says the request beside it. */
export function report(fault: unknown): void {
  console.error(toldFault(fault));
}

function openTelemetry(): Tell {
  return telemetry({
    engine: environment(environmentNames.engineName),
    write: (line) => process.stdout.write(line),
    traceHeader: () => process.env['_X_AMZN_TRACE_ID'],
    daemonAddress: process.env['AWS_XRAY_DAEMON_ADDRESS'],
    chance: hostChance,
    onFault: report,
  });
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
