// Bugs of rewrites: of what a merge puts in the place of what was there, when, and under what
// condition; and of who reads meanwhile.

import type { Mutant } from '../mutants.ts';

const rewrite = 'shared/log/rewrite.ts';
const rewriteChunks = 'shared/engine/upkeep/rewrite-chunks.ts';
const merge = 'shared/engine/upkeep/merge-partition.ts';
const draft = 'shared/record/batch-draft.ts';
const fetch = 'shared/engine/fetch.ts';

export const rewriteMutants: readonly Mutant[] = [
  {
    name: 'a swap before its object is put',
    patches: [
      {
        file: rewriteChunks,
        find: 'const stored = await putSegment(engine, call, object, segment);',
        replace: `const stored = object;
  engine.background.run(putSegment(engine, call, object, segment).then(() => {}, () => {}));`,
      },
    ],
  },
  {
    name: 'a swap of chunks whatever they hold',
    patches: [
      {
        file: rewrite,
        find: "    if: { attribute: chunkItem.refs, is: '=', to: packed },\n",
        replace: '    ...(packed.length < 0 ? { if: chunkItem } : {}),\n',
      },
    ],
  },
  {
    name: 'a swap whoever has swapped since',
    patches: [
      {
        file: rewrite,
        find: "{ attribute: rewriteItem.version, is: '=', to: version }",
        replace: "{ attribute: rewriteItem.version, is: '>=', to: 0 }",
      },
    ],
  },
  {
    name: 'a merge that takes away chunk keys',
    patches: [
      {
        file: rewrite,
        find: '    ...swaps.map((swap) => chunkWrite(id, swap)),\n',
        replace: `    ...swaps.map((swap, at) => {
      const write = chunkWrite(id, swap);
      return at === 0 ? write : { delete: { pk: write.put.pk, sk: write.put.sk } };
    }),\n`,
      },
    ],
  },
  {
    name: 'a merge that moves the key of a chunk',
    patches: [
      {
        file: rewrite,
        find: 'put: chunkOf(id, { baseOffset, refs, timeThrough }),',
        replace: 'put: chunkOf(id, { baseOffset: endOffset - 1, refs, timeThrough }),',
      },
      {
        file: rewrite,
        find: "    if: { attribute: chunkItem.refs, is: '=', to: packed },\n",
        replace: "    if: { item: packed ? 'absent' : 'present' },\n",
      },
    ],
  },
  {
    name: 'a merge that tells the time of its chunk alone',
    patches: [
      {
        file: rewrite,
        find: 'put: chunkOf(id, { baseOffset, refs, timeThrough }),',
        replace:
          'put: chunkOf(id, { baseOffset, refs, ' +
          'timeThrough: Math.min(timeThrough, chunk.at(0).timestampMax) }),',
      },
    ],
  },
  {
    name: 'a rewrite that moves records to other offsets',
    patches: [
      {
        file: draft,
        find: '  const offsetDelta = offset - draft.baseOffset;\n',
        replace: '  const offsetDelta = draft.count + 0 * offset;\n',
      },
    ],
  },
  {
    name: 'a merge that drops tombstones',
    patches: [
      {
        file: merge,
        find: 'options: { compression } }',
        replace: 'options: { compression, keep: ({ isTombstone }) => !isTombstone } }',
      },
    ],
  },
  {
    name: 'a rewrite that gives records the time of their batch',
    patches: [
      {
        file: draft,
        find: '  const timestampDelta = timestamp - draft.baseTimestamp;\n',
        replace: '  const timestampDelta = (timestamp - draft.baseTimestamp) && 0;\n',
      },
    ],
  },
  {
    name: 'a merge that begins where it should end',
    patches: [
      {
        file: merge,
        find: 'const passed = { mergedTo: found.end, small: [] };',
        replace: 'const passed = { mergedTo: head.tailBase, small: [] };',
      },
    ],
  },
  {
    name: 'a merge into one object of chunks that another names',
    patches: [
      {
        file: rewriteChunks,
        find: 'const placed = segment.placed.values();',
        replace: 'const placed = [segment.placed[0], ...segment.placed].values();',
      },
    ],
  },
  {
    name: 'a reader that calls damaged what was merged',
    patches: [
      {
        file: fetch,
        find: 'if (read.segment === missing) {',
        replace: 'if (missing === undefined) {',
      },
    ],
  },
  {
    name: 'a reader that looks again at what it has kept',
    patches: [
      {
        file: fetch,
        find: 'strong: rereads > 0 };',
        replace: 'strong: rereads > 9 };',
      },
      {
        file: fetch,
        find: '    engine.chunks.drop(partitionPk(id));\n    head',
        replace: '    head',
      },
    ],
  },
  {
    name: 'a chunk put whatever is there',
    patches: [
      {
        file: 'shared/log/roll.ts',
        find: "timeThrough }), if: { item: 'absent' } });",
        replace: 'timeThrough }) });',
      },
    ],
  },
];
