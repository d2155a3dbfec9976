// The order of keys: by their UTF-8 bytes, which is also that of their code points. JavaScript's
// own compares UTF-16 units, and so puts U+FFEE after every character beyond the first plane.

/** Below, at or above 0 as `one` is before, the same as or after `other`. */
export function compareUtf8(one: string, other: string): number {
  return one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));
}
