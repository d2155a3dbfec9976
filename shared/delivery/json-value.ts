// JSON as values: what an event is, and what a pattern is written in.

export type Scalar = string | number | boolean | null;
export type JsonList = readonly JsonValue[];
export type JsonObject = { readonly [name: string]: JsonValue };
export type JsonValue = Scalar | JsonList | JsonObject;

/** Array.isArray does not narrow what is readonly. */
export function isList(value: JsonValue | undefined): value is JsonList {
  return Array.isArray(value);
}

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !isList(value);
}

/** Whether lists and objects are in each other no deeper than so many levels. */
export function nestsWithin(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => nestsWithin(inner, levels - 1));
}
