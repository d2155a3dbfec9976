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
        find: 'raised = Math.max(raised, base);',
        replace: 'raised = Math.max(raised, 0);',
      },
    ],
  },
  {
    name: 'an eviction that removes before it puts',
    isRare: true,
    patches: [
      {
        file: roll,
        find: `  await Promise.all(puts.map((put) => repeatableWrite(engine, call, put)));
  let left`,
        replace: `  const late = engine.clock.sleep(30).then(() =>
    Promise.all(puts.map((put) => repeatableWrite(engine, call, put))),
  );
  engine.background.run(late.then(() => {}, () => {}));
  let left`,
      },
    ],
  },
  {
    name: 'an eviction that checks sequences but not the epoch',
    isRare: true,
    patches: [
      {
        file: producers,
        find: "attribute: names.next, is: '=', to: packEpoch(epoch, next) });",
        replace: "attribute: names.first, is: '=', to: leaving.get(producer).first });",
      },
    ],
  },
  {
    name: 'an eviction of whoever is there by then',
    patches: [
      {
        file: producers,
        find: "attribute: names.next, is: '=', to: packEpoch(epoch, next) });",
        replace: "attribute: names.next, is: 'present' });",
      },
    ],
  },
  {
    name: 'a producer item that goes back',
    isRare: true,
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
  {
    name: 'producers driven out though they were not put as they are',
    patches: [
      {
        file: roll,
        find: 'left = unchanged(left, head.residents);',
        replace: 'left = new Map([...head.residents].filter(([producer]) => left.has(producer)));',
      },
    ],
  },
];
