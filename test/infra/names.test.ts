// A stack and the engine refuse the same names: one that only the engine refused would be found in
// the middle of a deployment.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkName } from '../../infra/names.ts';
import { topicNameFault } from '../../shared/log/topic-name.ts';

const name = fc.oneof(
  fc.string({ maxLength: 5 }),
  fc.constantFrom('', '.', '..', '...', 'a\n', 'a'.repeat(249), 'a'.repeat(250)),
  fc.stringMatching(/^[a-zA-Z0-9._-]{1,260}$/),
);

test('a name is one for the stack if and only if it is one for the engine', () => {
  fc.assert(
    fc.property(name, (said) => {
      if (topicNameFault(said) === undefined) checkName('topic', said);
      else expect(() => checkName('topic', said)).toThrow("topic is '");
    }),
  );
});
