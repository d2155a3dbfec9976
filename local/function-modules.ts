// Functions that subscriptions deliver to, as modules of this machine: each exports `handler`, as
// for Lambda. Whoever starts the engine says which there are, never a request.

import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Clock } from '../shared/engine/environment.ts';
import { plainName } from '../shared/ports/plain-name.ts';
import type { Invocation, Invoked, Targets } from '../shared/ports/targets.ts';

type Handler = (event: unknown, context: unknown) => unknown;

/** By name. */
export type FunctionModules = ReadonlyMap<string, Handler>;

/** @param files by the function's name.
 * @throws Error when one cannot be loaded, or exports no handler. */
export async function loadFunctions(files: ReadonlyMap<string, string>): Promise<FunctionModules> {
  const modules = new Map<string, Handler>();
  for (const [name, file] of files) modules.set(name, await handlerIn(name, file));
  return modules;
}

async function handlerIn(name: string, file: string): Promise<Handler> {
  const { handler } = await import(pathToFileURL(resolve(file)).href).catch((cause) => {
    throw new Error(`function ${name}, ${file}: ${messageOf(cause)}`, { cause });
  });
  if (typeof handler === 'function') return handler;
  throw new Error(`function ${name}, ${file}: it exports no function 'handler'`);
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** One that is late goes on, but is not waited for: nothing here can stop it. */
export function moduleInvoke(modules: FunctionModules, clock: Clock): Targets['invoke'] {
  return (invocation) => {
    const name = nameIn(invocation.functionName);
    const handler = modules.get(name);
    const { promise: answered, resolve: answer } = Promise.withResolvers<Invoked>();
    if (handler === undefined) {
      answer({ kind: 'failed', reason: `this engine was started without a function ${name}` });
      return answered;
    }
    run(handler, invocation, contextOf(name, invocation, clock)).then(answer);
    // Woken by the answer it says this too, but nobody hears it any more.
    const noAnswer: Invoked = { kind: 'failed', reason: 'no answer in time' };
    clock.sleep(invocation.timeoutMillis, answered).then(() => answer(noAnswer));
    return answered;
  };
}

/** What it is called without its version or alias: of an ARN, or of a name. */
function nameIn(functionName: string): string {
  const words = functionName.split(':');
  return words[functionName.startsWith('arn:') ? 6 : 0] ?? '';
}

/** What handlers ask of theirs. Source: "AWS Lambda context object in Node.js". */
function contextOf(name: string, { functionName, timeoutMillis }: Invocation, clock: Clock) {
  const endsAt = clock.now() + timeoutMillis;
  const isArn = functionName.startsWith('arn:');
  return {
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: isArn ? functionName : `arn:aws:lambda:local:000000000000:function:${name}`,
    awsRequestId: randomUUID(),
    memoryLimitInMB: '128',
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, endsAt - clock.now()),
  };
}

/** Never rejects. */
async function run(handler: Handler, { payload }: Invocation, context: unknown): Promise<Invoked> {
  try {
    const answer = await handler(JSON.parse(payload), context);
    return { kind: 'returned', payload: JSON.stringify(answer) ?? '' };
  } catch (error) {
    const name = error instanceof Error ? String(error.name) : 'Unhandled';
    return { kind: 'function-error', reason: plainName(name) };
  }
}
