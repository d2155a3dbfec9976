// Bugs of who is in a group, and of how far its members have read.

import type { Mutant } from '../mutants.ts';

const group = 'shared/group/group.ts';
const change = 'shared/group/change.ts';
const poll = 'shared/engine/group/poll.ts';
const prepare = 'shared/engine/group/prepare-member.ts';
const instances = 'shared/engine/group/instances.ts';

export const memberMutants: readonly Mutant[] = [
  {
    name: 'a new instance of a name taken for the old',
    patches: [
      {
        file: instances,
        find: 'const incarnation = incarnationOf(engine.chance.bytes(drawnLifeBytes));',
        replace: 'const incarnation = incarnationOf(Buffer.from(instance.padEnd(drawnLifeBytes)));',
      },
    ],
  },
  {
    name: 'sessions ended by the reader’s clock alone',
    patches: [
      {
        file: change,
        find: '[isStill(group), ...notRenewed(group, over)]',
        replace: '[isStill(group), ...notRenewed(group, [])]',
      },
    ],
  },
  {
    name: 'a session renewed that was ended',
    patches: [
      {
        file: group,
        find: `    if: {
      attribute: groupItem.sessions,
      entry: incarnation,
      is: '<=',
      to: until,
    },`,
        replace: `    if: { item: 'present' },`,
      },
    ],
  },
  {
    name: 'a session made shorter by a renewal that comes late',
    patches: [
      {
        file: group,
        find: `      is: '<=',
      to: until,`,
        replace: `      is: 'present',`,
      },
    ],
  },
  {
    name: 'a group changed as if nobody else had',
    patches: [
      {
        file: change,
        find: '[isStill(group), ...notRenewed(group, over)]',
        replace: "[{ item: 'present' } as const, ...notRenewed(group, over)]",
      },
    ],
  },
  {
    name: 'an instance brought back by a creation that comes late',
    patches: [
      {
        file: instances,
        find: '{ all: [noneBorn(group), { attribute',
        replace: '{ all: [noneBorn(group), { attribute'.replace(
          'noneBorn(group)',
          "{ item: 'present' }",
        ),
      },
    ],
  },
  {
    name: 'positions moved whoever moved them before',
    patches: [
      {
        file: 'shared/group/member.ts',
        find: "      { attribute: ofWrite, is: '=', to: writer },\n",
        replace: "      { attribute: ofWrite, is: writer === '' ? 'absent' : 'present' },\n",
      },
    ],
  },
  {
    name: 'a poll that commits what it is about to give',
    patches: [
      {
        file: poll,
        find: "import { saveMember } from './save-member.ts';",
        replace: `import { commitDelivered } from './commit-holding.ts';
import { saveMember } from './save-member.ts';`,
      },
      {
        file: poll,
        find: "  return end === 'interrupted' ? end : { texts, generation };",
        replace: `  const given = { group: prepared.group, member: { ...member, holdings } };
  await commitDelivered(engine, call, given);
  return end === 'interrupted' ? end : { texts, generation };`,
      },
    ],
  },
  {
    name: 'a member that does not give up what a new target gives to others',
    patches: [
      {
        file: prepare,
        find: 'member.adopted !== group.generation',
        replace: 'member.adopted < 0',
      },
    ],
  },
  {
    name: 'reading begins at the end, whatever is committed',
    patches: [
      {
        file: 'shared/group/adoption.ts',
        find: '    position: committed,',
        replace: '    position: nowhere,',
      },
    ],
  },
  {
    name: 'what a client is at work on is given up',
    patches: [
      {
        file: 'shared/group/adoption.ts',
        find: 'others.filter((lease) => !isAtWork(lease))',
        replace: 'others',
      },
      {
        file: 'shared/group/adoption.ts',
        find: 'others.filter(isAtWork).map(heldBy)',
        replace: '[]',
      },
    ],
  },
];
