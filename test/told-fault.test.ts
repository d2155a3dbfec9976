// A fault is told so that it can be found, and without what it quotes or carries.

import { expect, test } from 'vitest';
import { AssertionError } from '../shared/assert.ts';
import { EngineError } from '../shared/errors.ts';
import { type ToldFault, toldFault } from '../shared/told-fault.ts';

const canary = 'canary-7f3a';

/** What a library or the engine throws over it. */
function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('it threw nothing');
}

test('an error is told by its type, its words and where it was', () => {
  const told = toldFault(new TypeError('x is not a function')) as ToldFault;
  expect(told).toMatchObject({ errorType: 'TypeError', errorMessage: 'x is not a function' });
  expect(told.stackTrace[0]).toContain('told-fault.test.ts');
});

test('our own words may quote', () => {
  const told = toldFault(new AssertionError("the environment has no 'SLUICE_TABLE'"));
  expect(told).toMatchObject({ errorMessage: "the environment has no 'SLUICE_TABLE'" });
});

test.each<[string, () => unknown]>([
  ['JSON that is none', () => JSON.parse(`{"a": ${canary}`)],
  ['a number that is none', () => BigInt(canary)],
  ['a property of nothing', () => (undefined as unknown as Record<string, string>)[canary]?.length],
  ['a header that is none', () => new Headers({ a: `${canary}\nb` })],
  ['a URL that is none', () => new URL(canary)],
  ['an argument that is none', () => Buffer.from(canary, canary as BufferEncoding)],
])('what V8 and Node quote of %s is left out', (_of, work) => {
  const told = toldFault(thrownBy(work)) as ToldFault;
  expect(JSON.stringify(told)).not.toContain(canary);
  expect(told.errorType).toMatch(/Error$/);
  expect(told.stackTrace.length).toBeGreaterThan(0);
});

test('what others put on an error is left out, down to its causes', () => {
  const cancelled = Object.assign(new Error('Transaction cancelled'), {
    CancellationReasons: [{ Item: { secret: { S: canary } } }],
    code: 'ECONNRESET',
  });
  const told = toldFault(new EngineError('UNAVAILABLE', 'try again', { cause: cancelled }));
  expect(JSON.stringify(told)).not.toContain(canary);
  const cause = { errorMessage: 'Transaction cancelled', errorCode: 'ECONNRESET' };
  expect(told).toMatchObject({ errorType: 'EngineError', errorCode: 'UNAVAILABLE', cause });
});

test('lines of a message that look like frames are none, wherever it was changed', () => {
  const error = new Error(`no\n    at ${canary}\nyes`);
  const told = toldFault(error) as ToldFault;
  expect(told.stackTrace.join()).not.toContain(canary);
  expect(told.stackTrace[0]).toContain('told-fault.test.ts');
  error.message = 'another';
  expect((toldFault(error) as ToldFault).stackTrace.join()).not.toContain(canary);
});

test('an error that is its own cause comes to an end, and a long word is cut', () => {
  const error = new Error('x'.repeat(10_000));
  error.cause = error;
  expect(JSON.stringify(toldFault(error)).length).toBeLessThan(10_000);
});

test('what is no error is told as it is', () => {
  expect(toldFault('1 object stays')).toBe('1 object stays');
  expect(toldFault({ notStored: 3 })).toEqual({ notStored: 3 });
});
