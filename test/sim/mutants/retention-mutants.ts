// Bugs of retention, and of deleting records: where a log is said to start, what is dropped below
// it, and what readers are told.

import type { Mutant } from '../mutants.ts';

const retention = 'shared/log/retention.ts';
const retain = 'shared/engine/upkeep/retain-partition.ts';
const fetch = 'shared/engine/fetch.ts';

export const retentionMutants: readonly Mutant[] = [
  {
    name: 'a tail cut where a roller may be at work',
    patches: [
      {
        file: retention,
        find: "        { sizeOf: headItem.tail, is: '<', to: refsPerChunk },\n",
        replace: '',
      },
    ],
  },
  {
    name: 'a tail cut wherever it begins',
    isRare: true,
    patches: [
      {
        file: retention,
        find: "        { attribute: headItem.tailBase, is: '=', to: tailBase },\n",
        replace: '',
      },
    ],
  },
  {
    name: 'a log start that falls',
    patches: [
      {
        file: retention,
        find: "        { attribute: headItem.logStart, is: '<', to },\n",
        replace: '',
      },
    ],
  },
  {
    name: 'a chunk dropped that the log starts in',
    patches: [
      {
        file: retain,
        find: 'if (chunk.endOffset > logStart) break;',
        replace: 'if (chunk.baseOffset >= logStart) break;',
      },
    ],
  },
  {
    name: 'chunks dropped before the log start is raised',
    patches: [
      {
        file: retain,
        find: '  if (logStart > work.head.logStart) await raise(work, logStart);\n',
        replace: `  const rest = work.head.logStart < logStart && raise({ ...work }, logStart);
  if (rest) rest.catch(() => {});
  work.head = { ...work.head, logStart: Math.max(logStart, work.head.logStart) };\n`,
      },
    ],
  },
  {
    name: 'records dropped at half their age',
    patches: [
      {
        file: retain,
        find: 'dropOld(work, engine.clock.now() - millis)',
        replace: 'dropOld(work, engine.clock.now() - millis / 2)',
      },
    ],
  },
  {
    name: 'records as old as their oldest neighbour',
    patches: [
      {
        file: retention,
        find: 'if (refTime(ref) >= before.oldest)',
        replace: 'if (refTime(run.at(0)) >= before.oldest)',
      },
    ],
  },
  {
    name: 'half of the bytes dropped that may stay',
    patches: [
      {
        file: retain,
        find: 'await startOfNewest(work, bytes)',
        replace: 'await startOfNewest(work, bytes / 2)',
      },
    ],
  },
  {
    name: 'what goes weighed against a sum of all, though it became lighter since',
    patches: [
      {
        file: retain,
        find: '  let keeping: Keeping = { bytesLeft: bytes, start: work.head.nextOffset };\n',
        replace: `  let surplus = -bytes;
  let start = work.head.logStart;
  const refs = (run) => Array.from({ length: run.length }, (_, at) => run.at(at));
  const isLeft = (ref) => ref.baseOffset + ref.count > start;
  for await (const run of runsDownwards(work)) {
    for (const ref of refs(run).filter(isLeft)) surplus += ref.length;
  }
  for await (const run of runsUpwards(work)) {
    for (const ref of refs(run).filter(isLeft)) {
      if (ref.length > surplus) return start;
      surplus -= ref.length;
      start = ref.baseOffset + ref.count;
    }
  }
  if (start >= 0) return start;
  let keeping: Keeping = { bytesLeft: bytes, start: work.head.nextOffset };\n`,
      },
    ],
  },
  {
    name: 'bytes that are never too many',
    patches: [
      {
        file: retain,
        find: 'await startOfNewest(work, bytes)',
        replace: 'await startOfNewest(work, bytes + 1e9)',
      },
    ],
  },
  {
    name: 'what was put late below the log start left there',
    isRare: true,
    patches: [
      { file: retain, find: '  await dropBelow(work, work.head.logStart);\n', replace: '' },
    ],
  },
  {
    name: 'a reader that goes on with what is left',
    isRare: true,
    patches: [
      {
        file: 'shared/engine/find-refs.ts',
        find: '    if (chunk === undefined) return;\n    yield chunk;',
        replace:
          '    if (chunk === undefined) {\n      at = head.tailBase;\n      continue;\n    }\n' +
          '    yield chunk;',
      },
    ],
  },
  {
    name: 'a reader that is given what is below the log start',
    patches: [
      {
        file: fetch,
        find: 'if (offset < head.logStart || offset > head.nextOffset)',
        replace: 'if (offset > head.nextOffset)',
      },
    ],
  },
  {
    name: 'a reader below the log start that is told nothing is there',
    patches: [
      {
        file: fetch,
        find: '      checkOffset(head, offset);\n      let bounds',
        replace: '      let bounds',
      },
      {
        file: fetch,
        find: '      if (offset < head.nextOffset) {\n        const fetched',
        replace:
          '      if (offset >= head.logStart && offset < head.nextOffset) {\n        const fetched',
      },
    ],
  },
  {
    name: 'a time found below the log start',
    patches: [
      {
        file: 'shared/engine/offsets.ts',
        find: '{ from: head.logStart, timestamp }',
        replace: '{ from: 0, timestamp }',
      },
    ],
  },
];
