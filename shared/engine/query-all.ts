// All items of a range, page by page.

import { itemsPerQuery } from '../limits.ts';
import type { Item } from '../store/algebra.ts';
import type { Range } from '../store/table.ts';
import type { Call, Engine } from './engine.ts';
import { repeatable } from './retry.ts';

/** Strongly, in the order of their keys. @throws EngineError THROTTLED, UNAVAILABLE */
export async function queryAll(
  engine: Engine,
  call: Call,
  range: Pick<Range, 'pk' | 'from' | 'to'>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (;;) {
    const last = items.at(-1);
    const next = last === undefined ? range : { ...range, from: `${last.sk}\0` };
    const query = { ...next, limit: itemsPerQuery, strong: true };
    const page = await repeatable(engine, call, () => call.table.query(query));
    items.push(...page);
    if (page.length < itemsPerQuery) return items;
  }
}
