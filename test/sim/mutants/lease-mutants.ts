// Bugs of who has a partition, and of what is committed of it.

import type { Mutant } from '../mutants.ts';

const lease = 'shared/group/lease.ts';
const adoption = 'shared/group/adoption.ts';
const commit = 'if: { all: [isHeld(owner, fence), isOfLife(life), notBeyond(commit, over)] },';

export const leaseMutants: readonly Mutant[] = [
  {
    name: 'a commit whoever has the lease',
    patches: [
      {
        file: lease,
        find: commit,
        replace: 'if: { all: [isOfLife(life), notBeyond(commit, over)] },',
      },
    ],
  },
  {
    name: 'a commit without the lease’s fence',
    patches: [
      {
        file: lease,
        find: commit,
        replace: `if: {
      all: [
        { attribute: leaseItem.owner, is: '=', to: owner },
        isOfLife(life),
        notBeyond(commit, over),
      ],
    },`,
      },
    ],
  },
  {
    name: 'a commit that goes back',
    patches: [
      {
        file: lease,
        find: commit,
        replace: 'if: { all: [isHeld(owner, fence), isOfLife(life)] },',
      },
    ],
  },
  {
    name: 'a take that does not raise the fence',
    patches: [
      {
        file: lease,
        find: 'before.fence + 1),\n      set(leaseItem.takenAt',
        replace: 'before.fence),\n      set(leaseItem.takenAt',
      },
    ],
  },
  {
    name: 'a lease acquired before it is released',
    patches: [
      {
        file: adoption,
        find: 'lease?.owner === undefined || !sessions.has(lease.owner)',
        replace: 'lease?.owner !== incarnation',
      },
    ],
  },
  {
    name: 'a lease released, whoever has it',
    patches: [
      {
        file: lease,
        find: '[{ remove: leaseItem.owner }],\n    if: isHeld(owner, fence),',
        replace:
          "[{ remove: leaseItem.owner }],\n    if: fence ? { item: 'present' } : isHeld(owner, 0),",
      },
    ],
  },
  {
    name: 'a lease taken or given up by a target of old',
    patches: [
      {
        file: 'shared/group/group.ts',
        find: "        { attribute, is: '=', to: generation },\n",
        replace: "        { attribute, is: '>=', to: generation },\n",
      },
    ],
  },
  {
    name: 'a position kept across a lost lease',
    patches: [
      {
        file: adoption,
        find: 'keeps.push(held?.fence === lease.fence ? held : holdingOf(lease, life));',
        replace: `keeps.push(
        remembered(held?.fence === lease.fence ? held : holdingOf(lease, life), incarnation),
      );`,
      },
      {
        file: adoption,
        find: 'function nameOf(',
        replace: `const positions = new Map<string, number>();

function remembered(holding: Holding, incarnation: Incarnation): Holding {
  const name = \`\${incarnation}\${nameOf(holding)}\`;
  const position = Math.max(holding.position, positions.get(name) ?? nowhere);
  positions.set(name, position);
  return { ...holding, position };
}

function nameOf(`,
      },
    ],
  },
  {
    name: 'offsets of a transaction taken in any generation',
    patches: [
      {
        file: 'shared/engine/group/transaction-offsets.ts',
        find: 'if (takenAt <= generation) return holding;',
        replace: 'if (takenAt >= 0) return holding;',
      },
    ],
  },
  {
    name: 'a transaction whose offsets are committed after it',
    patches: [
      {
        file: 'shared/engine/commit-transaction.ts',
        find: 'const writes = [own, ...appends, ...joining.map(({ write }) => write)];',
        replace: `const writes = [own, ...appends];
  void Promise.all(joining.map(({ write }) => call.table.write(write).catch(() => undefined)));`,
      },
    ],
  },
];
