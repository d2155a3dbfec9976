// Functions as modules of this machine: which are taken, how they are called, and what each way of
// ending means.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadFunctions, moduleInvoke } from '../../local/function-modules.ts';
import { VirtualTime } from '../world/virtual-time.ts';

const bill = 'arn:aws:lambda:eu-central-1:123456789012:function:bill';

type Handler = (event: unknown, context: Context) => unknown;

type Context = {
  readonly functionName: string;
  readonly invokedFunctionArn: string;
  readonly awsRequestId: string;
  readonly getRemainingTimeInMillis: () => number;
};

/** What becomes of one invocation of a handler. */
async function invoked(
  handler: Handler,
  { functionName = 'bill', payload = '{"records":{}}', time = new VirtualTime() } = {},
) {
  const modules = new Map([['bill', handler as (event: unknown, context: unknown) => unknown]]);
  const invoke = moduleInvoke(modules, time);
  return time.run(invoke({ functionName, payload, timeoutMillis: 1_000 }));
}

test('a function is found by its name or its ARN, also with a version or an alias', async () => {
  for (const functionName of ['bill', 'bill:prod', 'bill:$LATEST', bill, `${bill}:7`]) {
    expect(await invoked(() => 1, { functionName })).toEqual({ kind: 'returned', payload: '1' });
  }
  const others = ['ship', 'Bill', 'prod', 'arn', 'constructor', `${bill}s`, bill.slice(0, -5), ''];
  for (const functionName of others) {
    const answer = await invoked(() => 1, { functionName });
    expect(answer.kind, functionName).toBe('failed');
  }
  const unknown = await invoked(() => 1, { functionName: `${bill}s:prod` });
  const reason = 'this engine was started without a function bills';
  expect(unknown).toEqual({ kind: 'failed', reason });
});

test('it is given the event, as its own, and what handlers ask of their context', async () => {
  const events: unknown[] = [];
  const time = new VirtualTime();
  const contexts: Context[] = [];
  const payload = '{"records":{"orders-0":[{"offset":0}]}}';
  const remaining: number[] = [];
  const take: Handler = async (event, context) => {
    events.push(event);
    contexts.push(context);
    remaining.push(context.getRemainingTimeInMillis());
    await time.sleep(400);
    remaining.push(context.getRemainingTimeInMillis());
    (event as { records?: object }).records = {};
  };
  await invoked(take, { payload, time, functionName: `${bill}:prod` });
  await invoked(() => events.push('between'));
  await invoked(take, { payload, time });
  expect(events).toEqual([{ records: {} }, 'between', { records: {} }]);
  expect(remaining).toEqual([1_000, 600, 1_000, 600]);
  const [first, second] = contexts;
  expect(first).toMatchObject({ functionName: 'bill', invokedFunctionArn: `${bill}:prod` });
  expect(second?.invokedFunctionArn).toMatch(/^arn:aws:lambda:.+:function:bill$/);
  expect(first?.awsRequestId).not.toBe(second?.awsRequestId);
  await time.run(time.sleep(10_000));
  expect(first?.getRemainingTimeInMillis()).toBe(0);
});

test('what it returns is JSON again, whatever it was; undefined is nothing', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), fc.boolean(), async (value, isLate) => {
      const answer = await invoked(() => (isLate ? Promise.resolve(value) : value));
      expect(answer).toEqual({ kind: 'returned', payload: JSON.stringify(value) });
    }),
    { numRuns: 50 },
  );
  for (const nothing of [undefined, Symbol('s'), () => 1]) {
    expect(await invoked(() => nothing)).toEqual({ kind: 'returned', payload: '' });
  }
});

test('what is no JSON, and what was thrown, is told by a name alone', async () => {
  const circle: { own?: unknown } = {};
  circle.own = circle;
  class OrderRefused extends Error {
    override readonly name = 'OrderRefused';
  }
  const throwing = (thrown: unknown) => () => {
    throw thrown;
  };
  const odd = Object.assign(new Error('secret'), { name: `${'é'.repeat(60)}${'x'.repeat(60)}` });
  const ended: readonly (readonly [Handler, string])[] = [
    [() => 1n, 'TypeError'],
    [async () => circle, 'TypeError'],
    [throwing(new OrderRefused('of customer 17')), 'OrderRefused'],
    [() => Promise.reject(new RangeError('17')), 'RangeError'],
    [throwing('text'), 'Unhandled'],
    [() => Promise.reject(undefined), 'Unhandled'],
    [throwing(odd), `${'?'.repeat(60)}${'x'.repeat(40)}`],
    [throwing(Object.assign(new Error(), { name: undefined })), 'undefined'],
  ];
  for (const [handler, reason] of ended) {
    expect(await invoked(handler)).toEqual({ kind: 'function-error', reason });
  }
});

test('one that answers in time is heard, and one that does not is not waited for', async () => {
  const time = new VirtualTime();
  const start = time.now();
  const answered: number[] = [];
  const after = (millis: number) => async () => {
    await time.sleep(millis);
    answered.push(millis);
    return millis;
  };
  for (const millis of [0, 1, 999]) {
    expect(await invoked(after(millis), { time })).toEqual({
      kind: 'returned',
      payload: `${millis}`,
    });
  }
  expect(time.now() - start).toBe(1_000);
  const late = { kind: 'failed', reason: 'no answer in time' };
  expect(await invoked(after(1_001), { time })).toEqual(late);
  expect(time.now() - start).toBe(2_000);
  const failing = async () => {
    await time.sleep(1_001);
    throw new Error('nobody hears it');
  };
  expect(await invoked(failing, { time })).toEqual(late);
  expect(await invoked(() => new Promise(() => undefined), { time })).toEqual(late);
  expect(answered).toEqual([0, 1, 999, 1_001]);
});

let directory = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sluice-functions-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function written(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

test('modules of either kind are taken, and files by a path from where one stands', async () => {
  const commonJs = await written('bill.cjs', 'exports.handler = async (event) => event.n + 1;');
  const bundled = await written(
    'ship.cjs',
    'const handler = () => 2;\nmodule.exports = {handler};',
  );
  const standard = await written('pack it.mjs', 'export const handler = () => Promise.resolve(3);');
  const modules = await loadFunctions(
    new Map([
      ['bill', commonJs],
      ['ship', bundled],
      ['pack', relative('.', standard)],
    ]),
  );
  const time = new VirtualTime();
  const invoke = moduleInvoke(modules, time);
  const payloads: unknown[] = [];
  for (const functionName of ['bill', 'ship', 'pack']) {
    const answer = invoke({ functionName, payload: '{"n":0}', timeoutMillis: 1_000 });
    payloads.push(await time.run(answer));
  }
  expect(payloads).toEqual(['1', '2', '3'].map((payload) => ({ kind: 'returned', payload })));
});

test('what cannot be a function is said with its name and its file', async () => {
  const files: readonly (readonly [string, RegExp])[] = [
    [join(directory, 'nowhere.mjs'), /nowhere\.mjs/],
    [await written('none.mjs', 'export const handle = () => 1;'), /exports no function 'handler'/],
    [await written('text.mjs', "export const handler = 'text';"), /exports no function 'handler'/],
    [await written('throws.mjs', "throw new Error('without its key');"), /: without its key$/],
    [await written('odd.mjs', 'throw 7;'), /: 7$/],
  ];
  for (const [file, complaint] of files) {
    const loading = loadFunctions(new Map([['bill', file]]));
    const said = await loading.then(String, ({ message }: Error) => message);
    expect(said).toMatch(complaint);
    expect(said.startsWith(`function bill, ${file}: `), said).toBe(true);
  }
});
