// Sees every object that is put and deleted, and keeps the bytes of all there ever were: so what
// was appended can be read when it is long gone, and be compared with what stands in its place.

import type { Objects, ObjectToPut } from '../../../shared/store/objects.ts';

type Kept = { readonly crc32c: number; readonly bytes: Buffer };

export class ObjectWatch {
  readonly violations: string[] = [];
  /** Puts of new objects and deletes, so far. */
  changes = 0;
  readonly #kept = new Map<string, Kept>();
  readonly #there = new Set<string>();
  readonly #beforeDelete: (key: string) => void;

  /** @param beforeDelete is told of each object that is there yet. */
  constructor(beforeDelete: (key: string) => void) {
    this.#beforeDelete = beforeDelete;
  }

  around(objects: Objects): Objects {
    return {
      ...objects,
      put: (object) => {
        this.#put(object);
        return objects.put(object);
      },
      delete: (keys) => {
        for (const key of keys) {
          if (this.#there.has(key)) this.#beforeDelete(key);
          if (this.#there.delete(key)) this.changes++;
        }
        return objects.delete(keys);
      },
    };
  }

  get there(): ReadonlySet<string> {
    return this.#there;
  }

  /** Of any that there ever was. A view. */
  bytesOf(key: string): Uint8Array | undefined {
    return this.#kept.get(key)?.bytes;
  }

  #put({ key, parts, crc32c }: ObjectToPut): void {
    const bytes = Buffer.concat(parts);
    const before = this.#kept.get(key);
    if (!this.#there.has(key)) this.changes++;
    this.#there.add(key);
    if (before === undefined) this.#kept.set(key, { crc32c, bytes });
    else if (before.crc32c !== crc32c || before.bytes.length !== bytes.length) {
      this.violations.push(`I12: ${key} was put again with other bytes`);
    }
  }
}
