// What the embedded objects may be asked, as in the port. Keys are paths below a folder: none may
// lead out of it.

import { assert } from '../shared/assert.ts';
import { objectsDeleteMax } from '../shared/limits.ts';
import type { ByteRange } from '../shared/store/objects.ts';

/** @throws AssertionError for a key that is no plain relative path. */
export function assertKey(key: string): void {
  const plain = key.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  assert(plain && !key.includes('\0'), 'an object’s key is a plain relative path');
}

/** @throws AssertionError for more keys than are deleted at once, or one that is none. */
export function assertKeys(keys: readonly string[]): void {
  assert(keys.length <= objectsDeleteMax, 'a thousand objects at most are deleted at once');
  for (const key of keys) assertKey(key);
}

/** @throws AssertionError for a range of nothing, or of a key that is none. */
export function assertRange({ key, position, length }: ByteRange): void {
  assertKey(key);
  assert(position >= 0 && length >= 1, 'a range is of one byte at least');
}
