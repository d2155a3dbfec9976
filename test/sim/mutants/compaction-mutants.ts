// Bugs of compaction: what goes that may not, what comes back, and what stays for ever.

import type { Mutant } from '../mutants.ts';

const compaction = 'shared/log/compaction.ts';
const compact = 'shared/engine/upkeep/compact-partition.ts';
const compactChunks = 'shared/engine/upkeep/compact-chunks.ts';
const noteKeys = 'shared/engine/upkeep/note-keys.ts';
const lastOffsets = 'shared/log/last-offsets.ts';
const combine = 'shared/record/combine-batches.ts';
const draft = 'shared/record/batch-draft.ts';

export const compactionMutants: readonly Mutant[] = [
  {
    name: 'records left out that are above what was compared',
    patches: [
      {
        file: compaction,
        find: 'if (key === null || offset >= to) return stays;',
        replace: 'if (key === null) return stays;',
      },
      {
        file: compaction,
        find: 'if (last !== undefined && offset < last) return superseded;',
        replace: 'if (last !== undefined && offset !== last) return superseded;',
      },
    ],
  },
  {
    name: 'records left out by one that may not be looked at yet',
    patches: [
      {
        file: compaction,
        find: 'if (lagMillisMin === 0) return true;',
        replace: 'if (lagMillisMin >= 0) return true;',
      },
    ],
  },
  {
    name: 'the last of each key left out',
    patches: [
      {
        file: compaction,
        find: 'if (last !== undefined && offset < last) return superseded;',
        replace: 'if (last !== undefined && offset <= last) return superseded;',
      },
    ],
  },
  {
    name: 'the first of each key kept',
    patches: [
      {
        file: lastOffsets,
        find: '    this.#offsets[place] = offset + 1;\n    return true;',
        replace: '    this.#offsets[place] ||= offset + 1;\n    return true;',
      },
    ],
  },
  {
    name: 'keys told apart by their first byte',
    patches: [
      {
        file: lastOffsets,
        find: "hash('sha256', key, 'binary')",
        replace: "hash('sha256', key.subarray(0, 1), 'binary')",
      },
    ],
  },
  {
    name: 'a pass as long as planned, of whose keys not all were noted',
    patches: [
      {
        file: compact,
        find: 'let pass = keys.to === planned.to ? planned : newPass(keys.to, logStart);',
        replace: 'let pass = keys.to < 0 ? newPass(keys.to, logStart) : planned;',
      },
    ],
  },
  {
    name: 'a pass that leaves alone what is clean',
    patches: [
      {
        file: compaction,
        find: 'return { to, at: 0, logStart,',
        replace: 'return { to, at: 1, logStart,',
      },
      {
        file: compact,
        find: 'takeChunks(engine, call, id, { ...pass, logStart, chunksMax })',
        replace:
          'takeChunks(engine, call, id, { ...pass, logStart, chunksMax, ' +
          'at: Math.max(pass.at, rewrites.compaction.dirtyFrom) })',
      },
    ],
  },
  {
    name: 'a pass that is over before its last chunks',
    patches: [
      {
        file: compaction,
        find: 'if (end < pass.to) return { ...compaction, pass: next };',
        replace: 'if (pass.at === 0 && end < pass.to) return { ...compaction, pass: next };',
      },
    ],
  },
  {
    name: 'a tombstone that goes before its time',
    patches: [
      {
        file: compaction,
        find: 'return deleteHorizon < now ?',
        replace: 'return deleteHorizon < now + 90_000 ?',
      },
    ],
  },
  {
    name: 'a tombstone that goes at once',
    patches: [
      {
        file: compaction,
        find: "if (deleteHorizon === undefined) return { kind: 'stays', until: newHorizon };",
        replace: 'if (deleteHorizon === undefined) return newHorizon > 0 ? expired : stays;',
      },
    ],
  },
  {
    name: 'a tombstone whose time is nothing',
    patches: [
      {
        file: compaction,
        find: 'Math.min(now + deleteRetentionMillis + unseenMillisMax, timestampMax)',
        replace: 'Math.min(now + 0 * deleteRetentionMillis + 0 * unseenMillisMax, timestampMax)',
      },
    ],
  },
  {
    name: 'a tombstone whose time forgets who keeps chunks',
    patches: [
      {
        file: compaction,
        find: 'Math.min(now + deleteRetentionMillis + unseenMillisMax, timestampMax)',
        replace: 'Math.min(now + deleteRetentionMillis + 0 * unseenMillisMax, timestampMax)',
      },
    ],
  },
  {
    name: 'a tombstone whose time begins anew with each rewrite',
    patches: [
      {
        file: combine,
        find: 'deleteHorizonOf(header) ?? options.deleteHorizon',
        replace: 'options.deleteHorizon ?? deleteHorizonOf(header)',
      },
    ],
  },
  {
    name: 'a tombstone that stays for ever',
    patches: [
      {
        file: compaction,
        find: 'const hasPassed = tombstonesUntil >= 0 && tombstonesUntil < now;',
        replace: 'const hasPassed = tombstonesUntil >= 0 && tombstonesUntil < 0;',
      },
    ],
  },
  {
    name: 'tombstones of two times in one batch',
    patches: [
      {
        file: draft,
        find: '  if (isTombstone(walk) && draft.deleteHorizon !== deleteHorizon) return false;\n',
        replace: '',
      },
    ],
  },
  {
    name: 'a batch that covers what was left of it alone',
    patches: [
      {
        file: draft,
        find: 'lastOffsetDelta: endOffset - baseOffset - 1,',
        replace: 'lastOffsetDelta: Math.max(count, 1) - 1,',
      },
    ],
  },
  {
    name: 'an empty batch that is left out',
    patches: [
      {
        file: combine,
        find: 'if (draft.baseOffset === endOffset) return;',
        replace: 'if (draft.baseOffset === endOffset || draft.count === 0) return;',
      },
    ],
  },
  {
    name: 'keys that are noted before the dirty part begins',
    patches: [
      {
        file: noteKeys,
        find: 'if (offset < from || key === null || lastOffsets.set(key, offset)) return true;',
        replace: 'if (key === null || lastOffsets.set(key, offset)) return true;',
      },
    ],
  },
  {
    name: 'a tombstone past the end of the pass that is told until when it stays',
    patches: [
      {
        file: compactChunks,
        find: '...(isWithin(chunks, cleaning) ? { deleteHorizon } : {})',
        replace: '...(isWithin(chunks, cleaning) ? { deleteHorizon } : { deleteHorizon })',
      },
    ],
  },
];
