// Bugs of the sweep, of what makes its deletes safe, and of clearing what deleted topics have left.

import type { Mutant } from '../mutants.ts';

const footers = 'shared/engine/upkeep/take-footers.ts';
const named = 'shared/engine/upkeep/named-objects.ts';
const rewrite = 'shared/log/rewrite.ts';
const rewrites = 'shared/engine/upkeep/rewrites.ts';
const putSegment = 'shared/engine/put-segment.ts';
const clearTopics = 'shared/engine/upkeep/clear-topics.ts';

const fenceOfAppends = 'const fenced = await currentAfter(engine, call, fenceAppends(id, time));';
const headAlone = 'const fenced = await findItem(engine, call, headKey(id), { strong: true });';
const fenceOfRewrites = '  await currentAfter(engine, call, fenceRewrites(id, time));\n';
const secondLook = '(await lookThrough(engine, call, objects, { id, head }))';
const notLooked = 'head.logStart';
const strongChunks = 'chunksOf(engine, call, id, { strong: true })';

export const sweepMutants: readonly Mutant[] = [
  {
    name: 'a sweep that fences no appends',
    patches: [{ file: named, find: fenceOfAppends, replace: headAlone }],
  },
  {
    name: 'a sweep that fences no swaps',
    patches: [{ file: named, find: fenceOfRewrites, replace: '' }],
  },
  {
    name: 'a sweep that looks once',
    patches: [{ file: named, find: secondLook, replace: notLooked }],
  },
  {
    name: 'a second look that is weak',
    isRare: true,
    patches: [
      {
        file: named,
        find: strongChunks,
        replace: strongChunks.replace('strong: true', 'strong: false'),
      },
    ],
  },
  {
    name: 'a second look before its fence',
    patches: [
      {
        file: named,
        find: fenceOfAppends,
        replace: `const before = await findItem(engine, call, headKey(id), { strong: true });
  if (before === undefined) return withoutHead(engine, call, id);
  await lookThrough(engine, call, objects, { id, head: readHead(before) });
  ${fenceOfAppends}`,
      },
      { file: named, find: secondLook, replace: notLooked },
    ],
  },
  {
    name: 'a second look at tails alone',
    patches: [
      {
        file: named,
        find: '  strikeOut(objects, head);\n',
        replace: '  strikeOut(objects, head);\n  if (tailBase >= 0) return 0;\n',
      },
    ],
  },
  {
    name: 'a fence as high as the clock',
    isRare: true,
    patches: [
      {
        file: footers,
        find: 'const own = segmentTime(id);',
        replace: 'const own = segmentTime(id) && engine.clock.now();',
      },
    ],
  },
  {
    name: 'a fence as high as the first object',
    patches: [
      {
        file: footers,
        find: 'Math.max(own, partitions.get(pk)?.time ?? 0)',
        replace: '(partitions.get(pk)?.time ?? own)',
      },
    ],
  },
  {
    name: 'an object deleted whose footer cannot be read',
    isRare: true,
    patches: [
      {
        file: footers,
        find: '      unreadable++;\n',
        replace: '      unnamed.set(id, length);\n',
      },
    ],
  },
  {
    name: 'a swap whatever was swept',
    patches: [
      {
        file: rewrite,
        find: 'if (objectTime !== undefined) {',
        replace: 'if (objectTime === 0) {',
      },
    ],
  },
  {
    name: 'an append whatever was swept',
    patches: [
      {
        file: 'shared/log/head.ts',
        find: "        { attribute: headItem.sweptBefore, is: '<', to: segmentTime },\n",
        replace: '',
      },
    ],
  },
  {
    name: 'a segment as old as the clock says',
    isRare: true,
    patches: [
      {
        file: putSegment,
        find: 'Math.max(engine.clock.now(), greatest(swept) + 1)',
        replace: 'Math.max(engine.clock.now(), greatest(swept) && 0)',
      },
    ],
  },
  {
    name: 'a topic cleared while it has heads',
    patches: [
      { file: clearTopics, find: '    await endDeletion(engine, call, topic);\n', replace: '' },
    ],
  },
  {
    name: 'a topic that is marked as cleared before it is',
    patches: [
      {
        file: clearTopics,
        find: 'await inRuns(ranges, rangesAtOnce, (range) => clearItems(engine, call, range));',
        replace: 'ranges.map(() => 0);',
      },
    ],
  },
  {
    name: 'a rewrite item made though its topic is doomed',
    isRare: true,
    patches: [
      {
        file: rewrites,
        find: '[unlessDoomed(id.topicId), put]',
        replace: '[put]',
      },
    ],
  },
];
