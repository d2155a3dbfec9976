// What was deleted of several things, also where others could not be.

import { SluiceAggregateError } from '../client/admin/failures.ts';
import type { Context } from './context.ts';

/** As a handler. @throws what is not about some of several things. */
export function aggregateIn(error: unknown): SluiceAggregateError {
  if (error instanceof SluiceAggregateError) return error;
  throw error;
}

/** @throws the failure, when what is done is told. */
export async function tellDeleted(
  context: Context,
  deleted: readonly string[],
  failure: SluiceAggregateError | undefined,
): Promise<void> {
  const isWorthTelling = deleted.length > 0 || failure === undefined || context.isJson;
  const said = `${deleted.join(', ') || 'nothing'}: deleted`;
  if (isWorthTelling) await context.done({ deleted }, said);
  if (failure !== undefined) throw failure;
}
