// Event patterns: which events a subscription is for, in EventBridge's syntax, which is also that
// of Lambda's event source mappings.
//
//   pattern  = an object of fields
//   field    = name: pattern, of what is in it | name: [matcher, ...], one of which must match
//   $or      = [pattern, pattern, ...], one of which must match; beside fields, all must
//   matcher  = a text, number, boolean or null | an operator (operators.ts)
//
// An event's lists are seen through, as in event-ruler. Of values, one that matches is enough. Of
// objects, one must have all that the pattern says below the list's name: so two fields are never
// found in two elements ("array consistency"). A pattern that asks for nothing but absence must
// hold of each of them, so `exists: false` says that the field is nowhere. What is in no list and
// in no object is absent, and so is a field that holds an object where the pattern has matchers.
//
// Invariant: to match takes time linear in the event for each matcher, and nothing is tried twice.
//
// Sources: "Creating event patterns in Amazon EventBridge", "Comparison operators for use in event
// patterns", github.com/aws/event-ruler. Unlike there, a name with a dot is only a name.

import {
  isList,
  isObject,
  type JsonList,
  type JsonObject,
  type JsonValue,
  type Scalar,
} from '../json.ts';
import { jsonDepthMax } from '../limits.ts';
import {
  absence,
  type Malformed,
  type Matcher,
  malformed,
  operatorNames,
  parseMatcher,
} from './operators.ts';

/** Of a pattern as JSON: Lambda's bound on a filter. */
export const patternLengthMax = 4096;
/** Ways to choose one alternative of every `$or`: EventBridge's bound. */
export const orCombinationsMax = 1_000;

export type Pattern = Fields;

/** What must be true of an object. */
export type Fields = {
  readonly kind: 'fields';
  readonly fields: readonly (readonly [name: string, node: Node])[];
  /** Of which one must be true as well; undefined: there is no `$or`. */
  readonly or: readonly Fields[] | undefined;
  readonly asksAbsenceAlone: boolean;
};

/** What must be true of the values of a field. */
type Leaf = { readonly kind: 'leaf'; readonly matchers: readonly Matcher[] };

export type Node = Fields | Leaf;

/** @param json as JSON.parse gives it; a number may have kept its text (JSON.rawJSON). */
export function parsePattern(
  json: unknown,
): { readonly kind: 'pattern'; readonly pattern: Pattern } | Malformed {
  const text = jsonText(json);
  if (text === undefined) return malformed('', 'must be JSON, with numbers that a double holds');
  if (text.length > patternLengthMax) {
    return malformed('', `must not be longer than ${patternLengthMax} characters of JSON`);
  }
  const value: JsonValue = JSON.parse(text);
  if (!isObject(value)) return malformed('', 'must be an object of fields');
  const pattern = parseFields(value, { path: '', level: 1, isAlternative: false });
  if (pattern.kind === 'malformed') return pattern;
  if (combinationsOf(pattern) > orCombinationsMax) {
    return malformed('', `must not have more than ${orCombinationsMax} combinations of $or`);
  }
  return { kind: 'pattern', pattern };
}

/** JSON.stringify would make null of a number that is not finite, and match null. */
function jsonText(json: unknown): string | undefined {
  let allFinite = true;
  try {
    const text: string | undefined = JSON.stringify(json, (_name, value: unknown) => {
      if (typeof value === 'number' && !Number.isFinite(value)) allFinite = false;
      return value;
    });
    return allFinite ? text : undefined;
  } catch {
    return undefined;
  }
}

type Place = {
  readonly path: string;
  readonly level: number;
  /** It stands in the list of a `$or`. */
  readonly isAlternative: boolean;
};

/** No deeper than the JSON that it is asked of: that bounds the recursion here. */
function parseFields(json: JsonObject, { path, level, isAlternative }: Place): Fields | Malformed {
  if (level > jsonDepthMax) {
    return malformed(path, `must not nest deeper than ${jsonDepthMax} levels`);
  }
  const fields: [string, Node][] = [];
  let or: readonly Fields[] | undefined;
  for (const [name, inner] of Object.entries(json)) {
    const place = { path: path === '' ? name : `${path}.${name}`, level: level + 1 };
    if (name === '$or') {
      const parsed = parseOr(inner, { ...place, isAlternative: true });
      if (parsed.kind === 'malformed') return parsed;
      or = parsed.alternatives;
      continue;
    }
    if (isAlternative && operatorNames.includes(name)) {
      return malformed(place.path, 'must not be an operator: $or is of fields');
    }
    const node = parseNode(inner, { ...place, isAlternative: false });
    if (node.kind === 'malformed') return node;
    fields.push([name, node]);
  }
  if (fields.length === 0 && or === undefined) return malformed(path, 'must name a field');
  const below = [...fields.map(([, node]) => node), ...(or ?? [])];
  return { kind: 'fields', fields, or, asksAbsenceAlone: below.every(asksAbsence) };
}

function parseNode(json: JsonValue, place: Place): Node | Malformed {
  if (isObject(json)) return parseFields(json, place);
  if (isList(json)) return parseLeaf(json, place.path);
  return malformed(place.path, 'must be a list of what may be there, or an object of fields');
}

function parseLeaf(json: JsonList, path: string): Leaf | Malformed {
  if (json.length === 0) return malformed(path, 'must not be an empty list');
  const matchers: Matcher[] = [];
  for (const [index, inner] of json.entries()) {
    const parsed = parseMatcher(inner, `${path}[${index}]`);
    if (parsed.kind === 'malformed') return parsed;
    matchers.push(parsed);
  }
  return { kind: 'leaf', matchers };
}

type Alternatives = { readonly kind: 'alternatives'; readonly alternatives: readonly Fields[] };

function parseOr(json: JsonValue, place: Place): Alternatives | Malformed {
  if (!isList(json) || json.length < 2) {
    return malformed(place.path, 'must be a list of at least two objects');
  }
  const alternatives: Fields[] = [];
  for (const [index, inner] of json.entries()) {
    const path = `${place.path}[${index}]`;
    if (!isObject(inner)) return malformed(path, 'must be an object of fields');
    const parsed = parseFields(inner, { ...place, path });
    if (parsed.kind === 'malformed') return parsed;
    alternatives.push(parsed);
  }
  return { kind: 'alternatives', alternatives };
}

function asksAbsence(node: Node): boolean {
  if (node.kind === 'fields') return node.asksAbsenceAlone;
  return node.matchers.every((matcher) => matcher === absence);
}

function combinationsOf(node: Node): number {
  if (node.kind === 'leaf') return 1;
  const ofFields = node.fields.reduce((product, [, inner]) => product * combinationsOf(inner), 1);
  if (node.or === undefined) return ofFields;
  return ofFields * node.or.reduce((sum, inner) => sum + combinationsOf(inner), 0);
}

/** Whether an event matches a pattern, or a field of it what the pattern says of that field.
 * @param value of bounded depth: this recurs into its lists. undefined: the field is absent. */
export function matchesNode(node: Node, value: JsonValue | undefined): boolean {
  if (node.kind === 'leaf') return matchesLeaf(node, value);
  const objects = objectsIn(value);
  if (objects.length === 0) return matchesFields(node, {});
  if (node.asksAbsenceAlone) return objects.every((object) => matchesFields(node, object));
  return objects.some((object) => matchesFields(node, object));
}

function matchesFields({ fields, or }: Fields, object: JsonObject): boolean {
  return (
    fields.every(([name, node]) => matchesNode(node, fieldOf(object, name))) &&
    (or === undefined || or.some((alternative) => matchesFields(alternative, object)))
  );
}

function matchesLeaf({ matchers }: Leaf, value: JsonValue | undefined): boolean {
  const scalars = scalarsIn(value);
  const values = scalars.length === 0 ? [undefined] : scalars;
  return values.some((one) => matchers.some(({ matches }) => matches(one)));
}

/** What an object inherits (`constructor`, `__proto__`) is no field of it. */
function fieldOf(object: JsonObject, name: string): JsonValue | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function objectsIn(value: JsonValue | undefined): readonly JsonObject[] {
  if (isList(value)) return value.flatMap(objectsIn);
  return isObject(value) ? [value] : [];
}

function scalarsIn(value: JsonValue | undefined): readonly Scalar[] {
  if (isList(value)) return value.flatMap(scalarsIn);
  return value === undefined || isObject(value) ? [] : [value];
}
