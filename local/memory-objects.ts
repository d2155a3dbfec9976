// The objects in memory, for tests and for an engine that is to keep nothing. What is put is
// copied, and so is what is read: a caller may do what it likes with its own bytes.

import type { Objects } from '../shared/store/objects.ts';
import { compareUtf8 } from '../shared/store/utf8-order.ts';
import { assertKey, assertKeys, assertRange } from './assert-keys.ts';

export function memoryObjects(): Objects {
  const bodies = new Map<string, Buffer>();
  return {
    async put({ key, parts }) {
      assertKey(key);
      if (bodies.has(key)) return 'exists';
      bodies.set(key, Buffer.concat(parts));
      return 'stored';
    },
    async read({ key, position, length }) {
      assertRange({ key, position, length });
      const body = bodies.get(key);
      return body && new Uint8Array(body.subarray(position, position + length));
    },
    async delete(keys) {
      assertKeys(keys);
      for (const key of keys) bodies.delete(key);
    },
    async list({ prefix, after = '', limit }) {
      return [...bodies.keys()]
        .filter((key) => key.startsWith(prefix) && compareUtf8(key, after) > 0)
        .sort(compareUtf8)
        .slice(0, limit)
        .map((key) => ({ key, length: bodies.get(key)?.length ?? 0 }));
    },
  };
}
