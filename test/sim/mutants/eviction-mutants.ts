// Bugs of eviction: producers on their way from the head into items of their own.

import type { Mutant } from '../mutants.ts';

const producers = 'shared/log/producers.ts';
const roll = 'shared/engine/roll.ts';

export const evictionMutants: readonly Mutant[] = [
  {
    name: 'an eviction that does not raise evictedUpTo',
    patches: [
      {
        file: producers,
        find: 'raised = Math.max(raised, state.base);',
        replace: 'raised = Math.max(raised, 0);',
      },
    ],
  },
  {
    name: 'an eviction that removes before it puts',
    patches: [
      {
        file: roll,
        find: 'await Promise.all(plan.puts.map((put) => repeatableWrite(engine, call, put)));',
        replace: `const late = plan.puts.filter(({ put }) => put.sk.startsWith('producer#'));
      const early = plan.puts.filter((put) => !late.includes(put));
      await Promise.all(early.map((put) => repeatableWrite(engine, call, put)));`,
      },
      {
        file: roll,
        find: 'const now = result.kind',
        replace: `await Promise.all(late.map((put) => repeatableWrite(engine, call, put)));
      const now = result.kind`,
      },
    ],
  },
  {
    name: 'an eviction that checks sequences but not the epoch',
    patches: [
      {
        file: producers,
        find: "conditions.push({ attribute: names.next, is: '=', to: packed });",
        replace: "conditions.push({ attribute: names.first, is: '=', to: state.first });",
      },
    ],
  },
  {
    name: 'an eviction of whoever is there by then',
    patches: [
      {
        file: producers,
        find: "conditions.push({ attribute: names.next, is: '=', to: packed });",
        replace: "conditions.push({ attribute: names.next, is: 'present' });",
      },
    ],
  },
  {
    name: 'a producer item that goes back',
    patches: [
      {
        file: producers,
        find: "any: [{ item: 'absent' }, { attribute: producerItem.base, is: '<', to: base }],",
        replace: "any: [{ item: 'absent' }, { item: 'present' }],",
      },
    ],
  },
  {
    name: 'a producer item put only once',
    patches: [
      {
        file: producers,
        find: "any: [{ item: 'absent' }, { attribute: producerItem.base, is: '<', to: base }],",
        replace: "any: [{ item: 'absent' }],",
      },
    ],
  },
];
