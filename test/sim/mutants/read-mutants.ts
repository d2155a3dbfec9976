// Bugs of reading: heads, chunks, bytes, and the caches of them.

import type { Mutant } from '../mutants.ts';

const heads = 'shared/engine/heads.ts';
const findRefs = 'shared/engine/find-refs.ts';
const fetch = 'shared/engine/fetch.ts';
const ranges = 'shared/engine/ranges.ts';
const chunkCache = 'shared/engine/chunk-cache.ts';

export const readMutants: readonly Mutant[] = [
  {
    name: 'a weak read of the head',
    patches: [
      {
        file: heads,
        find: 'call.table.get(headKey(id), { strong: true })',
        replace: 'call.table.get(headKey(id), { strong: false })',
      },
    ],
  },
  {
    name: 'a head from a cache',
    patches: [
      {
        file: heads,
        find: '  const item = await repeatable(',
        replace: `  const cached = (engine as any).cachedItems?.get(partitionPk(id));
  if (cached !== undefined && engine.chance.fraction() < 0.5) return readHead(cached);
  const item = await repeatable(`,
      },
      {
        file: heads,
        find: '  const head = readHead(item);',
        replace: `  ((engine as any).cachedItems ??= new Map()).set(partitionPk(id), item);
  const head = readHead(item);`,
      },
    ],
  },
  {
    name: 'weak look-ups of an append',
    patches: [
      {
        file: 'shared/engine/look-up.ts',
        find: 'strong: true };',
        replace: 'strong: false };',
      },
    ],
  },
  {
    name: 'a chunk that is too old taken for the one that holds the offset',
    patches: [
      {
        file: findRefs,
        find: 'if (chunk !== undefined && offset < chunk.endOffset) return chunk;',
        replace: 'if (chunk !== undefined) return chunk;',
      },
    ],
    harmless: 'a fetch that finds nothing at its offset looks again, strongly',
  },
  {
    name: 'chunks read on over a gap',
    patches: [
      {
        file: findRefs,
        find: 'if (chunk?.baseOffset === offset) return chunk;',
        replace: 'if (chunk !== undefined) return chunk;',
      },
    ],
  },
  {
    name: 'chunks asked for weakly alone',
    patches: [
      {
        file: findRefs,
        find: `  for (const strong of asked.strong ? [true] : [false, true]) {
    const [chunk] = await readChunks(engine, call, id, { ...range, strong });
    if (chunk !== undefined && offset`,
        replace: `  for (const strong of [false, false]) {
    const [chunk] = await readChunks(engine, call, id, { ...range, strong });
    if (chunk !== undefined && offset`,
      },
    ],
  },
  {
    name: 'records trimmed one too many',
    patches: [
      {
        file: fetch,
        find: 'if (record.offset < request.offset) continue;',
        replace: 'if (record.offset <= request.offset && request.offset > 0) continue;',
      },
    ],
  },
  {
    name: 'a batch that ends at the offset returned too',
    patches: [
      {
        file: fetch,
        find: 'if (batch.endOffset <= offset) continue;',
        replace: 'if (batch.endOffset < offset) continue;',
      },
    ],
  },
  {
    name: 'a batch skipped that begins before the offset',
    patches: [
      {
        file: fetch,
        find: 'if (batch.endOffset <= offset) continue;',
        replace: 'if (batch.baseOffset < offset) continue;',
      },
    ],
  },
  {
    name: 'a chunk cache that looks no further than where a chunk begins',
    patches: [
      {
        file: chunkCache,
        find: 'chunk !== undefined && offset < chunk.endOffset ? chunk : undefined',
        replace: 'chunk',
      },
    ],
  },
  {
    name: 'a chunk cache out of order',
    patches: [
      {
        file: chunkCache,
        find: 'chunks.splice(at + 1, 0, chunk);',
        replace: 'chunks.splice(Math.max(at, 0), 0, chunk);',
      },
    ],
  },
  {
    name: 'a CRC that nobody checks',
    patches: [
      {
        file: ranges,
        find: 'const batches = placeBatches(ref, own, crcHolds);',
        replace: 'const batches = placeBatches(ref, own);',
      },
    ],
  },
  {
    name: 'ranges kept by their segment alone',
    isRare: true,
    patches: [
      {
        file: ranges,
        find: 'engine.ranges.set(placeOf(place), range);',
        replace: 'engine.ranges.set(placeOf({ ...place, position: 0 }), range);',
      },
    ],
  },
  {
    name: 'ranges of two segments read as one',
    patches: [{ file: ranges, find: 'last.segment === ref.segment &&', replace: '' }],
  },
  {
    name: 'chunks passed over at the tail’s base',
    patches: [
      {
        file: findRefs,
        find: 'while (at < head.tailBase) {',
        replace: 'while (at < head.tailBase - 1) {',
      },
    ],
  },
  {
    name: 'the bounds of a head that was read before the one that served',
    patches: [
      {
        file: fetch,
        find: 'return { ...boundsOf(head), ...take(',
        replace: 'return { ...boundsOf(first), ...take(',
      },
    ],
  },
];
