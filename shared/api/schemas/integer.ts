// A whole number, as JSON and a query have it.
//
// The schemas of requests are of zod/mini: what the classic one has more, methods to chain, it
// makes for each schema, which was a quarter of a function's start. Schemas that no function holds,
// those of replies (openapi/), may be classic. Those of records are made when a request first needs
// one (z.lazy): at a start they would be a tenth of it.

import * as z from 'zod/mini';

/** @param max none: what a double holds exactly. */
export function integer({ min, max }: { readonly min: number; readonly max?: number }) {
  return z.int().check(z.gte(min), ...(max === undefined ? [] : [z.lte(max)]));
}
