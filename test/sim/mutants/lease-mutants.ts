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
        find: 'before.fence + 1),\n      set(leaseItem.takenIn',
        replace: 'before.fence),\n      set(leaseItem.takenIn',
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
    isRare: true,
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
        file: 'shared/group/member.ts',
        find: 'set(memberItem.holdings, encodeHoldings(holdings))',
        replace: 'set(memberItem.holdings, encodeHoldings(kept(member, holdings)))',
      },
      {
        file: 'shared/group/member.ts',
        find: 'export function isOfIncarnation(',
        replace: `const positions = new Map<string, number>();

function kept({ incarnation }: Member, holdings: readonly Holding[]): readonly Holding[] {
  return holdings.map((holding) => {
    const name = \`\${incarnation}\${holding.topicId}\${holding.partition}\`;
    const position = Math.max(holding.position, positions.get(name) ?? -1);
    positions.set(name, position);
    return { ...holding, position };
  });
}

export function isOfIncarnation(`,
      },
    ],
  },
  {
    name: 'a transaction whose offsets are committed after it',
    isRare: true,
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
