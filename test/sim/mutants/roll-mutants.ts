// Bugs of the roll: refs on their way from the tail into chunks.

import type { Mutant } from '../mutants.ts';

const plan = 'shared/log/roll.ts';
const roll = 'shared/engine/roll.ts';

export const rollMutants: readonly Mutant[] = [
  {
    name: 'a roll that drops a ref',
    patches: [
      {
        file: plan,
        find: '(chunk + 1) * refsPerChunk);',
        replace: '(chunk + 1) * refsPerChunk - 1);',
      },
    ],
  },
  {
    name: 'a cut whatever tailBase is',
    patches: [
      {
        file: plan,
        find: "if: { attribute: headItem.tailBase, is: '=', to: head.tailBase },",
        replace: "if: { item: 'present' },",
      },
    ],
  },
  {
    name: 'a cut although a chunk could not be put',
    patches: [
      {
        file: roll,
        find: 'plan.puts.map((put) => repeatableWrite(engine, call, put))',
        replace: 'plan.puts.map((put) => repeatableWrite(engine, call, put).catch(() => {}))',
      },
    ],
  },
  {
    name: 'a cut before its chunks',
    patches: [
      {
        file: roll,
        find: 'await Promise.all(plan.puts',
        replace: 'const putting = Promise.all(plan.puts',
      },
      {
        file: roll,
        find: 'const { result } = await repeatableWrite(engine, call, plan.cut);',
        replace:
          'putting.catch(() => {});\n' +
          '      const { result } = await repeatableWrite(engine, call, plan.cut);\n' +
          '      await putting;',
      },
    ],
  },
  {
    name: 'a cut of times that forgets what stood before',
    patches: [
      {
        file: plan,
        find: 'let timeThrough = head.timeBefore;',
        replace: 'let timeThrough = -1;',
      },
    ],
  },
];
