// Query parameters that are integers, checked like the fields of a body.

import type * as z from 'zod/mini';
import type { Exchange } from './exchange.ts';
import { checked } from './request-body.ts';

/** @param schema an object whose members are integers.
 * @throws EngineError MALFORMED_FIELD, INVALID_FIELD. */
export function queryOf<Schema extends z.ZodMiniObject>(
  exchange: Exchange,
  schema: Schema,
): z.output<Schema> {
  const { req } = exchange.context;
  const given = Object.keys(schema.shape).map((name) => [name, integerIn(req.query(name))]);
  return checked(schema, Object.fromEntries(given));
}

/** Text that is no integer stays text, which its schema refuses. */
export function integerIn(text: string | undefined): string | number | undefined {
  return text !== undefined && /^-?\d+$/.test(text) ? Number(text) : text;
}
