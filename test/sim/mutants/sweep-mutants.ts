// Bugs of the sweep, of what makes its deletes safe, and of clearing what deleted topics have left.

import type { Mutant } from '../mutants.ts';

const sweep = 'shared/engine/upkeep/sweep-objects.ts';
const named = 'shared/engine/upkeep/named-objects.ts';
const rewrite = 'shared/log/rewrite.ts';
const rewrites = 'shared/engine/upkeep/rewrites.ts';
const putSegment = 'shared/engine/put-segment.ts';
const clearTopics = 'shared/engine/upkeep/clear-topics.ts';

const fenceOfAppends = 'const fenced = await currentAfter(engine, call, fenceAppends(id, time));';
const headAlone = 'const fenced = await findItem(engine, call, headKey(id));';
const fenceOfRewrites = '  await currentAfter(engine, call, fenceRewrites(id, time));\n';
const secondLook = 'await strikeOut(engine, call, objects, { id, head, strong: true });';

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
    patches: [{ file: named, find: secondLook, replace: 'head.logStart;' }],
  },
  {
    name: 'a second look that is weak',
    patches: [
      {
        file: named,
        find: secondLook,
        replace: secondLook.replace('strong: true', 'strong: false'),
      },
    ],
  },
  {
    name: 'a second look before its fence',
    patches: [
      {
        file: named,
        find: fenceOfAppends,
        replace: `const before = await findItem(engine, call, headKey(id));
  if (before === undefined) return withoutHead(engine, call, id);
  await strikeOut(engine, call, objects, { id, head: readHead(before), strong: true });
  ${fenceOfAppends}`,
      },
      { file: named, find: secondLook, replace: 'head.logStart;' },
    ],
  },
  {
    name: 'a second look at tails alone',
    patches: [
      {
        file: named,
        find: '  for (const packed of head.tail) objects.delete(decodeRef(packed).segment);\n',
        replace:
          '  for (const packed of head.tail) objects.delete(decodeRef(packed).segment);\n' +
          '  if (strong) return 0;\n',
      },
    ],
  },
  {
    name: 'a fence as high as the clock',
    patches: [
      {
        file: sweep,
        find: 'const own = segmentTime(id);',
        replace: 'const own = segmentTime(id) && engine.clock.now();',
      },
    ],
  },
  {
    name: 'a fence as high as the first object',
    patches: [
      {
        file: sweep,
        find: 'Math.max(own, partitions.get(pk)?.time ?? 0)',
        replace: '(partitions.get(pk)?.time ?? own)',
      },
    ],
  },
  {
    name: 'an object deleted whose footer cannot be read',
    patches: [
      {
        file: sweep,
        find: `      objects.delete(id);
      if (footer !== undefined) left++;
`,
        replace: '      if (footer !== undefined) left++;\n',
      },
    ],
  },
  {
    name: 'a swap whatever was swept',
    patches: [
      {
        file: rewrite,
        find: "        { attribute: rewriteItem.sweptBefore, is: '<', to: objectTime },\n",
        replace: '',
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
    patches: [
      {
        file: rewrites,
        find: '[unlessDoomed(id.topicId), put]',
        replace: '[put]',
      },
    ],
  },
];
