// Bugs on the way of an append: from its bytes to its answer.

import type { Mutant } from '../mutants.ts';

const append = 'shared/engine/append-plain.ts';
const commit = 'shared/engine/commit.ts';
const putSegment = 'shared/engine/put-segment.ts';

export const appendMutants: readonly Mutant[] = [
  {
    name: 'index before data',
    patches: [
      {
        file: commit,
        find: `  const [id, met] = await Promise.all([
    putSegment(engine, call, newSegmentId(engine, shares), segment),
    Promise.all(`,
        replace: `  const id = newSegmentId(engine, shares);
  engine.background.run(putSegment(engine, call, id, segment).then(() => {}, () => {}));
  const [met] = await Promise.all([
    Promise.all(`,
      },
    ],
  },
  {
    name: 'acknowledged before it is committed',
    patches: [
      {
        file: append,
        find: `  try {
    return await retry(`,
        replace: `  if (knownOffset > 0) {
    const sending = retry(engine, { deadline: call.deadline, after: 'not-done' }, () =>
      sendOnce(engine, call, append),
    );
    engine.background.run(sending.then(() => {}, () => {}));
    return { kind: 'appended', baseOffset: knownOffset };
  }
  try {
    return await retry(`,
      },
    ],
  },
  {
    name: 'a plain append sent again after an unknown outcome',
    patches: [{ file: append, find: "after: 'not-done'", replace: "after: 'any'" }],
  },
  {
    name: 'a segment that could not be put appended all the same',
    patches: [
      {
        file: putSegment,
        find: 'await repeatable(engine, call, put);',
        replace: 'await put().catch(() => undefined);',
      },
    ],
  },
  {
    name: 'a segment’s PUT of unknown outcome taken for done',
    patches: [
      {
        file: putSegment,
        find: 'mayBeMine ||= error instanceof StoreError',
        replace:
          "if (error instanceof StoreError && error.outcome === 'unknown') return;\n" +
          '      mayBeMine ||= error instanceof StoreError',
      },
    ],
  },
  {
    name: 'a definite failure said after an unknown outcome',
    patches: [
      {
        file: append,
        find: 'error: outcomeUnknown(cause) };',
        replace: "error: new EngineError('UNAVAILABLE', 'try again', { cause }) };",
      },
    ],
  },
  {
    name: 'a failure said for an append whose look-up failed',
    patches: [
      {
        file: append,
        find: 'if (error instanceof EngineError) return unknown;',
        replace: "if (error instanceof EngineError) return { kind: 'failed', error };",
      },
    ],
  },
  {
    name: 'an append that was not found taken for one that is last',
    patches: [
      {
        file: append,
        find: 'return baseOffset === undefined ? unknown :',
        replace:
          'const last = engine.heads.get(partitionPk(append.id))?.nextOffset ?? 0;\n' +
          "    return baseOffset === undefined ? { kind: 'appended', baseOffset: last } :",
      },
    ],
  },
  {
    name: 'a look-up that begins above its bound',
    patches: [
      {
        file: append,
        find: 'await lookUp(engine, call, { id: append.id, ref }, knownOffset)',
        replace: 'await lookUp(engine, call, { id: append.id, ref }, knownOffset + 4)',
      },
    ],
  },
  {
    name: 'a look-up that reads the chunks before the tail',
    patches: [
      {
        file: 'shared/engine/look-up.ts',
        find: '  const { tail, tailBase } = await headOf(engine, call, id);',
        replace: `  const known = engine.heads.get(partitionPk(id))?.nextOffset ?? 0;
  const early = { from: chunkSk(0), to: chunkSk(known), descending: true, strong: true };
  const before = await readChunks(engine, call, id, { ...early, limit: 100 });
  const { tail, tailBase } = await headOf(engine, call, id);
  for (const chunk of before) {
    const inChunk = chunk.baseOffsetOf(ref);
    if (inChunk !== undefined) return inChunk;
  }
  if (refsOfTail(tailBase, tail).baseOffsetOf(ref) === undefined) return undefined;`,
      },
      {
        file: 'shared/engine/look-up.ts',
        find: "import { chunkSk } from '../store/items.ts';",
        replace: "import { chunkSk, partitionPk } from '../store/items.ts';",
      },
    ],
  },
  {
    name: 'one base offset for all that share a commit',
    patches: [{ file: commit, find: '    baseOffset += one.count;\n', replace: '' }],
  },
  {
    name: 'the end offset read as it was before the append',
    patches: [
      {
        file: append,
        find: 'baseOffset: head.nextOffset - append.count',
        replace: 'baseOffset: knownBefore ?? head.nextOffset - append.count',
      },
      {
        file: append,
        find: '  const head = learnHead(engine, append.id, item);\n  rollIfDue',
        replace:
          '  const knownBefore = engine.heads.get(partitionPk(append.id))?.nextOffset;\n' +
          '  const head = learnHead(engine, append.id, item);\n  rollIfDue',
      },
    ],
  },
  {
    name: 'an append that counts one too few',
    patches: [
      {
        file: 'shared/log/head.ts',
        find: 'attribute: headItem.nextOffset, plus: count',
        replace: 'attribute: headItem.nextOffset, plus: Math.max(count - 1, 1)',
      },
    ],
  },
];
