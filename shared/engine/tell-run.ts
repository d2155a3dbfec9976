// A run that no request has asked for, and what is told of it, however it ends.

import type { OperationName } from '../metric-names.ts';
import { type Told, toldOf } from '../told.ts';
import type { Call, Engine } from './engine.ts';

export type Telling = {
  readonly operation: OperationName;
  readonly tell: (told: Told) => void | Promise<void>;
};

/** @throws what the work throws. */
export async function tellRun<Answer>(
  { clock }: Engine,
  { tally, operations }: Call,
  { operation, tell }: Telling,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const startedAt = clock.now();
  let error: unknown;
  try {
    return await work();
  } catch (thrown) {
    error = thrown;
    throw thrown;
  } finally {
    await tell(toldOf({ operation, startedAt, endedAt: clock.now(), tally, operations, error }));
  }
}
