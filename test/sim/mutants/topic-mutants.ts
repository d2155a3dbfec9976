// Bugs of making and deleting topics.

import type { Mutant } from '../mutants.ts';

const makeTopics = 'shared/engine/make-topics.ts';

export const topicMutants: readonly Mutant[] = [
  {
    name: 'a late head put whatever is there',
    patches: [
      {
        file: 'shared/engine/topic-heads.ts',
        find: "{ put: newHead(id), if: { item: 'absent' } }",
        replace: '{ put: newHead(id) }',
      },
    ],
  },
  {
    name: 'a topic that is live before it has heads',
    patches: [
      {
        file: makeTopics,
        find: "const making = { ...topic, ...whose, state: 'making', version: 0 } as const;",
        replace: "const making = { ...topic, ...whose, state: 'live', version: 0 } as const;",
      },
    ],
  },
  {
    name: 'a name that is free before the heads are gone',
    patches: [
      {
        file: makeTopics,
        find: '  await deleteHeads(engine, call, id, { from: 0, to: heads });\n',
        replace:
          '  const rest = deleteHeads(engine, call, id, { from: 0, to: heads });\n' +
          '  engine.background.run(rest.catch(() => {}));\n',
      },
    ],
  },
  {
    name: 'a head put though its topic is doomed',
    patches: [
      {
        file: 'shared/engine/topic-heads.ts',
        find: 'const writes = [unlessDoomed(topicId), ...puts];',
        replace: "const writes = [{ put: { pk: 'any', sk: topicId } }, ...puts];",
      },
    ],
  },
];
