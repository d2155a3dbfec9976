// A partition's chunks as items, whatever they are: page by page, strongly.

import { rolledChunk } from '../../../contract.ts';
import type { PartitionId } from '../../../ids.ts';
import type { Item } from '../../../store/algebra.ts';
import { partitionPk } from '../../../store/items.ts';
import type { Call, Engine } from '../../engine.ts';
import { repeatable } from '../../retry.ts';

/** A page of a few hundred kilobytes. */
const chunksPerPage = 512;

/** In the order of their keys. @throws EngineError THROTTLED, UNAVAILABLE */
export async function* chunkItems(
  engine: Engine,
  call: Call,
  id: PartitionId,
): AsyncGenerator<Item> {
  const pk = partitionPk(id);
  // No character comes later in UTF-8.
  const to = `${rolledChunk.sortKeyPrefix}\u{10ffff}`;
  for (let from: string = rolledChunk.sortKeyPrefix; ; ) {
    const range = { pk, from, to };
    const query = { ...range, limit: chunksPerPage, strong: true };
    const page = await repeatable(engine, call, () => call.table.query(query));
    yield* page;
    if (page.length < chunksPerPage) return;
    from = `${page.at(-1)?.sk}\0`;
  }
}
