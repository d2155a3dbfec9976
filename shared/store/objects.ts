// The objects: bytes under a key, written once, whole.
//
//     put(key, bytes) ──> key: [ bytes ............ ]
//     read(key, position, length) ──>   [ .... ]
//
// Promises, held by every adapter (test/contract/objects-contract.ts):
// - An object is there whole and durable before 'stored', or not at all; no put replaces one.
// - 'exists' is definite: the key was taken before this call. After a put of unknown outcome it
//   means that the earlier one happened, since a key is never drawn twice.
// - A read after 'stored' sees the object; `undefined` means there is no such key. A range that
//   passes the object's end comes back shorter.
// - A put that throws StoreError 'unknown' may have happened or may happen later; sending the same
//   bytes under the same key again is always safe. 'not-done' is definite.
// - Deleting what is not there is no error. No call outlives its adapter's time limit.

export interface Objects {
  put(object: ObjectToPut): Promise<'stored' | 'exists'>;
  read(range: ByteRange): Promise<Uint8Array | undefined>;
  /** @param keys at most objectsDeleteMax (limits.ts). */
  delete(keys: readonly string[]): Promise<void>;
  /** In the order of keys as UTF-8 bytes; fewer than `limit` means there are no more. */
  list(page: ListPage): Promise<readonly ListedObject[]>;
}

/** `parts` are the object's bytes, one after the other; `crc32c` is over all of them. */
export type ObjectToPut = {
  readonly key: string;
  readonly parts: readonly Uint8Array[];
  readonly crc32c: number;
};

export type ByteRange = {
  readonly key: string;
  readonly position: number;
  readonly length: number;
};

export type ListPage = {
  readonly prefix: string;
  /** Exclusive: the last key of the page before. */
  readonly after?: string;
  readonly limit: number;
};

export type ListedObject = { readonly key: string; readonly length: number };
