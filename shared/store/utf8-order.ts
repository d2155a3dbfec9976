// The order of keys: by their UTF-8 bytes, which is also that of their code points. JavaScript's
// own compares UTF-16 units, and so puts U+FFEE after every character beyond the first plane.

/** Below, at or above 0 as `one` is before, the same as or after `other`. Both are well formed. */
export function compareUtf8(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  for (let at = 0; at < length; at++) {
    const [unit, otherUnit] = [one.charCodeAt(at), other.charCodeAt(at)];
    if (unit !== otherUnit) return rankOf(unit) - rankOf(otherUnit);
  }
  return one.length - other.length;
}

/** Surrogates, halves of what is beyond the first plane, come after all that is in it. */
function rankOf(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
