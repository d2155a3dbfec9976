// The clock of a process, at its bounds.

import { expect, test } from 'vitest';
import { realHost } from '../../client/host.ts';

test('a sleep that is longer than a timer can be is no short one', async () => {
  const { clock } = realHost;
  const { promise: awake, resolve: wake } = Promise.withResolvers<void>();
  const long = clock.sleep(2 ** 31, awake).then(() => 'long');
  expect(await Promise.race([long, clock.sleep(20).then(() => 'short')])).toBe('short');
  wake();
  await long;
});
