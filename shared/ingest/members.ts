// An event is whatever JSON somebody invoked the function with: nothing of it is there, or of its
// type, before it was looked at. Only what an object has of its own counts, so that `__proto__` and
// `constructor` are names like others.

import { isObject } from '../json.ts';

/** JSON.stringify is recursive, and some thousands of levels are too many for its stack.
 * DynamoDB's items, the deepest that AWS sends, have 32 levels, each two of JSON. */
export const eventDepthMax = 1_000;

/** @returns undefined: there is no such member, or nothing that could have one. */
export function memberOf(value: unknown, name: string): unknown {
  if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
  return value[name];
}

/** Text that has UTF-8: a lone surrogate would be stored as another character. */
export function textAt(value: unknown, name: string): string | undefined {
  const text = memberOf(value, name);
  return typeof text === 'string' && text.isWellFormed() ? text : undefined;
}

/** Text that tells something from others, which the empty one does not. */
export function nameAt(value: unknown, name: string): string | undefined {
  return textAt(value, name) || undefined;
}

/** Compact JSON in UTF-8. @returns undefined: it is nested too deeply. */
export function jsonBytes(value: object): Uint8Array | undefined {
  return isTooDeep(value) ? undefined : Buffer.from(JSON.stringify(value));
}

function isTooDeep(value: object): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > eventDepthMax) return true;
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? Object.values(one) : [],
    );
  }
  return false;
}
