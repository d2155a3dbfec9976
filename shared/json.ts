// JSON as values. It may be a stranger's: nothing of it is there, or of its type, before it was
// looked at.

export type Scalar = string | number | boolean | null;
export type JsonList = readonly JsonValue[];
export type JsonObject = { readonly [name: string]: JsonValue };
export type JsonValue = Scalar | JsonList | JsonObject;

/** Array.isArray does not narrow what is readonly. */
export function isList(value: JsonValue | undefined): value is JsonList {
  return Array.isArray(value);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether lists and objects are in each other no deeper than so many levels. */
export function nestsWithin(value: JsonValue, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => nestsWithin(inner, levels - 1));
}

/** JSON.parse's value; undefined: it is no JSON, or so deep that the parser's stack ends. */
export function parsedOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type Reviver = (name: string, value: unknown, context: { readonly source?: string }) => unknown;

/** ECMAScript's JSON.parse source text access, which TypeScript's library does not declare yet. A
 * reviver is told how a number, a text, a boolean or null was written; rawJSON is written as it
 * is. */
export const exactJson = JSON as unknown as {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON(text: string): unknown;
};
