// All that an index names of a partition, whatever of it can be read: its tail, then its chunks. In
// this order, since what leaves the tail after it was read is in a chunk that was put before.

import type { PartitionId } from '../../../ids.ts';
import { readChunk } from '../../../log/chunk.ts';
import { readHead } from '../../../log/head.ts';
import { type Refs, refsOfTail } from '../../../log/refs.ts';
import { headKey } from '../../../store/items.ts';
import type { Call, Engine } from '../../engine.ts';
import { repeatable } from '../../retry.ts';
import { chunkFault, headFault } from '../well-formed.ts';
import { chunkItems } from './chunk-items.ts';

export type NamedRefs =
  | { readonly kind: 'tail'; readonly refs: Refs; readonly logStart: number }
  | { readonly kind: 'chunk'; readonly refs: Refs };

/** Strongly. @throws EngineError THROTTLED, UNAVAILABLE */
export async function* allRefs(
  engine: Engine,
  call: Call,
  id: PartitionId,
): AsyncGenerator<NamedRefs> {
  const get = () => call.table.get(headKey(id), { strong: true });
  const item = await repeatable(engine, call, get);
  if (item !== undefined && headFault(item) === undefined) {
    const { tailBase, tail, logStart } = readHead(item);
    yield { kind: 'tail', refs: refsOfTail(tailBase, tail), logStart };
  }
  for await (const found of chunkItems(engine, call, id)) {
    if (chunkFault(found) === undefined) yield { kind: 'chunk', refs: readChunk(found) };
  }
}
