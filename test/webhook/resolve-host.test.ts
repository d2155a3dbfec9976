// The one name that every machine knows.

import { expect, test } from 'vitest';
import { isPublicAddress } from '../../shared/webhook/addresses.ts';
import { resolveHost } from '../../shared/webhook/resolve-host.ts';

test('localhost has addresses, and none is public', async () => {
  const found = await resolveHost('localhost');
  expect(found.length).toBeGreaterThan(0);
  expect(found.filter(isPublicAddress)).toEqual([]);
});
