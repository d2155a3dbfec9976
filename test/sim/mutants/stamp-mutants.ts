// Bugs of stamped appends: of the clauses that make them safe to send again, of what is known of
// producers, and of what is answered.

import type { Mutant } from '../mutants.ts';

const head = 'shared/log/head.ts';
const stamp = 'shared/log/stamp.ts';
const runs = 'shared/log/stamped-runs.ts';
const standings = 'shared/engine/standings.ts';
const append = 'shared/engine/append-stamped.ts';

export const stampMutants: readonly Mutant[] = [
  {
    name: 'a stamp clause left out',
    patches: [{ file: head, find: '        ...stamps.map(clause),\n', replace: '' }],
  },
  {
    name: 'a newcomer without the evictedUpTo clause',
    patches: [{ file: head, find: '        ...newcomers(stamps),\n', replace: '' }],
  },
  {
    name: 'a newcomer that reads the producer item before the head',
    isRare: true,
    patches: [
      {
        file: standings,
        find: `    const head = await headOf(engine, call, id);
    return standingsAt(engine, call, { id, head }, producers);
  };
  const known`,
        replace: `    const nobody = { residents: new Map(), nextOffset: 0, evictedUpTo: -1 };
    const early = await standingsAt(engine, call, { id, head: nobody }, producers);
    const head = await headOf(engine, call, id);
    const of = (producer) =>
      head.residents.has(producer)
        ? { state: head.residents.get(producer) }
        : { ...early.of(producer), absentAt: head.nextOffset };
    return { of, head };
  };
  const known`,
      },
    ],
  },
  {
    name: 'a weak read of a producer item',
    patches: [
      {
        file: standings,
        find: 'call.table.get(key, { strong: true })',
        replace: 'call.table.get(key, { strong: false })',
      },
    ],
  },
  {
    name: 'a sequence that may be below the next one',
    patches: [{ file: head, find: "is: sequence === 0 ? '<=' : '='", replace: "is: '>='" }],
  },
  {
    name: 'an epoch that does not fence',
    patches: [
      {
        file: head,
        find: "is: sequence === 0 ? '<=' : '='",
        replace: "is: sequence === 0 ? '>=' : '='",
      },
      {
        file: stamp,
        find: "if (epoch < state.epoch) return { kind: 'fenced' };",
        replace: "if (epoch < state.epoch) return { kind: sequence === 0 ? 'next' : 'fenced' };",
      },
    ],
  },
  {
    name: 'a gap taken for the next batch',
    patches: [
      {
        file: stamp,
        find: "if (isBefore(state.next, sequence)) return { kind: 'gap' };",
        replace: "if (isBefore(state.next, sequence)) return { kind: 'next' };",
      },
      { file: head, find: "is: sequence === 0 ? '<=' : '='", replace: "is: '<='" },
    ],
  },
  {
    name: 'a producer that nobody knows begun anywhere',
    patches: [
      {
        file: stamp,
        find: "return { kind: sequence === 0 ? 'next' : 'gap' };",
        replace: "return { kind: sequence === 0 || state === undefined ? 'next' : 'gap' };",
      },
    ],
  },
  {
    name: 'batches of one producer out of order in a linger',
    patches: [
      {
        file: runs,
        find: 'return epochs === 0 ? one.stamp.sequence - other.stamp.sequence : epochs;',
        replace: 'return epochs === 0 ? other.stamp.sequence - one.stamp.sequence : epochs;',
      },
      {
        file: runs,
        find: 'next !== undefined && (next.epoch !== epoch || next.sequence !== sequence)',
        replace: 'next !== undefined && next.epoch !== epoch',
      },
      {
        file: runs,
        find: 'if (next === undefined && standingOf !== undefined) {',
        replace: 'if (next === undefined && standingOf !== undefined && sequence === 0) {',
      },
    ],
  },
  {
    name: 'the base of a last batch taken from the beginning of its update',
    patches: [
      {
        file: runs,
        find: 'last: { sequence, offset },',
        replace: 'last: { sequence, offset: 0 },',
      },
    ],
  },
  {
    name: 'a refused batch’s bytes left in the ref',
    patches: [
      {
        file: 'shared/engine/stretches.ts',
        find: 'last !== undefined && last.position + last.length === batch.position',
        replace: 'last !== undefined',
      },
    ],
  },
  {
    name: 'a failure called definite after a stamped try of unknown outcome',
    patches: [
      {
        file: 'shared/engine/append-queue.ts',
        find: 'mayBeStored ? outcomeUnknown(error) : error',
        replace: 'error',
      },
    ],
  },
  {
    name: 'a fenced batch called refused after a try of unknown outcome',
    isRare: true,
    patches: [
      {
        file: append,
        find: "if (turn.kind === 'fenced') giveUp(work, batch, fenced(batch.stamp));",
        replace: `if (turn.kind === 'fenced') {
    settle(work, batch, { kind: 'failed', error: fenced(batch.stamp) });
  }`,
      },
    ],
  },
  {
    name: 'a repeat refused instead of answered',
    patches: [
      {
        file: stamp,
        find: "return { kind: 'repeat', baseOffset: state.base };",
        replace: "return { kind: 'overlap' };",
      },
    ],
  },
  {
    name: 'a plain batch of a group commit sent again after an unknown outcome',
    patches: [
      {
        file: 'shared/engine/append-plain.ts',
        find: "after: 'not-done'",
        replace: "after: append.count > 3 ? 'any' : 'not-done'",
      },
    ],
  },
  {
    name: 'a key used as its own stamp',
    patches: [
      {
        file: 'shared/engine/claim-key.ts',
        find: 'drawnProducerKey(engine.chance.bytes(drawnProducerBytes))',
        replace: 'hashOf(key).slice(0, 12)',
      },
    ],
  },
];
