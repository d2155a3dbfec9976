// What a pattern may ask of one value: to be a certain text, number, boolean or null, or one of
// EventBridge's comparison operators, each an object of one name.
//
// Invariant: a value that is not of an operator's own type does not match it, and does match
// anything-but. An absent field matches `exists: false` alone.
//
// Source: "Comparison operators for use in event patterns in Amazon EventBridge". What that page
// leaves open is as in AWS's event-ruler, which EventBridge runs; but numbers are doubles of any
// size.

import { BlockList, isIP } from 'node:net';
import { isList, isObject, type JsonObject, type JsonValue, type Scalar } from '../json.ts';
import {
  affixIgnoringCase,
  isTextOperator,
  type TextCheck,
  textCheck,
  textOperators,
} from './text-operators.ts';

/** One alternative of a field. */
export type Matcher = {
  readonly kind: 'matcher';
  /** @param value undefined: the field is absent. */
  readonly matches: (value: Scalar | undefined) => boolean;
};

export type Malformed = {
  readonly kind: 'malformed';
  /** Where in the pattern, as `value.price[0].numeric`; '' is all of it. */
  readonly path: string;
  /** It goes on from the path: "must be ...". */
  readonly reason: string;
};

export function malformed(path: string, reason: string): Malformed {
  return { kind: 'malformed', path, reason };
}

/** `exists: false`, which is always this object. */
export const absence: Matcher = matcher((value) => value === undefined);
const presence: Matcher = matcher((value) => value !== undefined);

export const operatorNames = [...textOperators, 'anything-but', 'numeric', 'exists', 'cidr'];

const notDouble = 'must be a number that a double holds';

/** @param json one member of a field's list. */
export function parseMatcher(json: JsonValue, path: string): Matcher | Malformed {
  if (isList(json)) return malformed(path, 'must be a value or an operator, not a list');
  if (!isObject(json)) {
    if (typeof json === 'number' && !isDouble(json)) return malformed(path, notDouble);
    return matcher((value) => value === json);
  }
  const [[name, operand] = [], ...others] = Object.entries(json);
  if (name === undefined || operand === undefined || others.length > 0) {
    return malformed(path, 'must be an operator: an object of one name');
  }
  return parseOperator(name, operand, `${path}.${name}`);
}

function parseOperator(name: string, operand: JsonValue, path: string): Matcher | Malformed {
  switch (name) {
    case 'prefix':
    case 'suffix':
      if (isObject(operand)) return parseAffixIgnoringCase(name, operand, path);
      break;
    case 'anything-but':
      return parseAnythingBut(operand, path);
    case 'numeric':
      return parseNumeric(operand, path);
    case 'exists':
      if (typeof operand !== 'boolean') return malformed(path, 'must be true or false');
      return operand ? presence : absence;
    case 'cidr':
      return parseCidr(operand, path);
  }
  if (!isTextOperator(name)) {
    return malformed(path, `is no operator: they are ${operatorNames.join(', ')}`);
  }
  if (typeof operand !== 'string') return malformed(path, 'must be a text');
  return ofText(textCheck(name, operand), path);
}

function parseAffixIgnoringCase(
  affix: 'prefix' | 'suffix',
  operand: JsonObject,
  path: string,
): Matcher | Malformed {
  const [[name, wanted] = [], ...others] = Object.entries(operand);
  if (name !== 'equals-ignore-case' || typeof wanted !== 'string' || others.length > 0) {
    return malformed(path, 'must be a text, or { "equals-ignore-case": a text }');
  }
  return ofText(affixIgnoringCase(affix, wanted), path);
}

/** Of a value, a list of texts, a list of numbers, or a text operator with a text or several. */
function parseAnythingBut(operand: JsonValue, path: string): Matcher | Malformed {
  if (isObject(operand)) return parseNoneOfTexts(operand, path);
  const excluded = isList(operand) ? operand : [operand];
  const allTexts = excluded.every((value) => typeof value === 'string');
  const allNumbers = excluded.every(isDouble);
  if (excluded.length === 0 || !(allTexts || allNumbers)) {
    return malformed(path, 'must be a text or a number, a list of either, or an operator of texts');
  }
  const set = new Set<JsonValue>(excluded);
  return matcher((value) => value !== undefined && !set.has(value));
}

function parseNoneOfTexts(operand: JsonObject, path: string): Matcher | Malformed {
  const [[name, wanted] = [], ...others] = Object.entries(operand);
  if (name === undefined || wanted === undefined || others.length > 0 || !isTextOperator(name)) {
    return malformed(path, `must be an object of one name: ${textOperators.join(', ')}`);
  }
  const excluded = isList(wanted) ? wanted : [wanted];
  if (excluded.length === 0) return malformed(`${path}.${name}`, 'must have a text at least');
  const matchers: Matcher[] = [];
  for (const [index, text] of excluded.entries()) {
    const at = isList(wanted) ? `${path}.${name}[${index}]` : `${path}.${name}`;
    if (text === '' && (name === 'prefix' || name === 'suffix')) {
      return malformed(at, 'must not be empty: no text would pass');
    }
    const parsed = typeof text === 'string' ? ofText(textCheck(name, text), at) : undefined;
    if (parsed?.kind !== 'matcher') return parsed ?? malformed(at, 'must be a text');
    matchers.push(parsed);
  }
  return matcher((value) => value !== undefined && !matchers.some(({ matches }) => matches(value)));
}

type Comparison = (value: number, bound: number) => boolean;

const comparisons: ReadonlyMap<JsonValue | undefined, Comparison> = new Map<string, Comparison>([
  ['=', (value, bound) => value === bound],
  ['<', (value, bound) => value < bound],
  ['<=', (value, bound) => value <= bound],
  ['>', (value, bound) => value > bound],
  ['>=', (value, bound) => value >= bound],
]);

/** `[operator, number]`, or a range from below: `[">", 0, "<=", 5]`. */
function parseNumeric(operand: JsonValue, path: string): Matcher | Malformed {
  if (!isList(operand) || (operand.length !== 2 && operand.length !== 4)) {
    return malformed(path, 'must be one or two comparisons, as [">", 0, "<=", 5]');
  }
  const [operator, bound, upperOperator, upper] = operand;
  const compare = comparisons.get(operator);
  if (compare === undefined) return malformed(`${path}[0]`, 'must be =, <, <=, > or >=');
  if (!isDouble(bound)) return malformed(`${path}[1]`, notDouble);
  if (operand.length === 2) return ofNumber((value) => compare(value, bound));
  const compareUpper = comparisons.get(upperOperator);
  if (!isOneOf(operator, '>', '>=')) return malformed(`${path}[0]`, 'must be > or >= of a range');
  if (compareUpper === undefined || !isOneOf(upperOperator, '<', '<=')) {
    return malformed(`${path}[2]`, 'must be < or <= of a range');
  }
  if (!isDouble(upper)) return malformed(`${path}[3]`, notDouble);
  if (upper <= bound) return malformed(`${path}[3]`, 'must be greater than the lower bound');
  return ofNumber((value) => compare(value, bound) && compareUpper(value, upper));
}

/** The longest text that is an address: an IPv6 one that ends as an IPv4 one. */
const addressLengthMax = 45;

/** Of IPv4 or IPv6 (RFC 4632, RFC 4291); an address of the other kind is never within. */
function parseCidr(operand: JsonValue, path: string): Matcher | Malformed {
  const [address = '', bits = '', ...rest] = typeof operand === 'string' ? operand.split('/') : [];
  const version = versionOf(address);
  const bitsMax = version === 4 ? 32 : 128;
  if (version === 0 || rest.length > 0 || !/^\d{1,3}$/.test(bits) || Number(bits) > bitsMax) {
    return malformed(path, 'must be an address and a prefix length, as 10.0.0.0/24');
  }
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const block = new BlockList();
  block.addSubnet(address, Number(bits), family);
  return matcher((value) => {
    if (typeof value !== 'string' || versionOf(value) !== version) return false;
    return block.check(value, family);
  });
}

/** 0: no address. One with a zone (RFC 4007) means something to one host alone. */
function versionOf(text: string): number {
  return text.length > addressLengthMax || text.includes('%') ? 0 : isIP(text);
}

function isDouble(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isOneOf(value: JsonValue | undefined, ...all: readonly string[]): boolean {
  return typeof value === 'string' && all.includes(value);
}

function ofNumber(holds: (value: number) => boolean): Matcher {
  return matcher((value) => typeof value === 'number' && holds(value));
}

function ofText(check: TextCheck, path: string): Matcher | Malformed {
  if (check.kind === 'refused') return malformed(path, check.reason);
  return matcher((value) => typeof value === 'string' && check.holds(value));
}

function matcher(matches: Matcher['matches']): Matcher {
  return { kind: 'matcher', matches };
}
