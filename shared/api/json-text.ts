// JSON as bytes: read within bounds, and written back without loss.
//
// What a caller gives as a record's JSON is stored as JSON, so its numbers must survive: one that a
// double does not hold (an id above 2^53, 1e400, a decimal of twenty digits) keeps its own text, by
// JSON.rawJSON. That way of parsing costs six times as much, so it is taken only for texts in which
// the one pass that bounds the nesting has seen such a number.

import { isUtf8 } from 'node:buffer';
import { EngineError } from '../errors.ts';
import { exactJson } from '../json.ts';
import { jsonDepthMax } from '../limits.ts';
import { decodeUtf8 } from '../utf8.ts';

/** @throws EngineError MALFORMED_REQUEST: not UTF-8, not JSON, or nested too deeply. */
export function parseJson(bytes: Uint8Array): unknown {
  const text = utf8Text(bytes);
  return parseJsonText(text, surveyJson(text, 0));
}

/** @throws EngineError MALFORMED_REQUEST. */
export function utf8Text(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw malformed('The body must be UTF-8');
  return decodeUtf8(bytes);
}

/** @param survey of `text`.
 * @throws EngineError MALFORMED_REQUEST. */
export function parseJsonText(text: string, survey: JsonSurvey): unknown {
  if (survey.tooDeep) {
    throw new EngineError(
      'MALFORMED_REQUEST',
      `The body must not nest deeper than ${jsonDepthMax} levels`,
      { limit: jsonDepthMax },
    );
  }
  try {
    return survey.hasLongNumbers ? exactJson.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    throw malformed('The body must be JSON');
  }
}

/** Compact, with every number's digits. */
export function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

export type JsonSurvey = {
  /** Where the value that begins at `from` ends; the text's end when it does not. */
  readonly end: number;
  readonly tooDeep: boolean;
  /** Some number has more digits than a double is sure to hold, or an exponent. */
  readonly hasLongNumbers: boolean;
};

/** One pass over the first object or array of a text. It trusts nothing: on junk it only has to
 * end. */
export function surveyJson(text: string, from: number): JsonSurvey {
  let depth = 0;
  let digits = 0;
  let hasLongNumbers = false;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      if (++digits > digitsExact) hasLongNumbers = true;
      continue;
    }
    if (code === quote) {
      at = stringEnd(text, at);
    } else if (code === openBrace || code === openBracket) {
      if (++depth > jsonDepthMax) return { end: text.length, tooDeep: true, hasLongNumbers };
    } else if (code === closeBrace || code === closeBracket) {
      if (--depth <= 0) return { end: at + 1, tooDeep: false, hasLongNumbers };
    } else if (digits > 0) {
      if (code === point) continue;
      if (code === lowerE || code === upperE) hasLongNumbers = true;
    }
    digits = 0;
  }
  return { end: text.length, tooDeep: false, hasLongNumbers };
}

/** Every decimal of this many digits is a double's own. */
const digitsExact = 15;
const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const point = 0x2e;
const lowerE = 0x65;
const upperE = 0x45;

/** @param start of the opening quote.
 * @returns of the closing one; the text's end when there is none. */
function stringEnd(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text.charCodeAt(at - 1 - escapes) === backslash) escapes++;
    if (escapes % 2 === 0) return at;
  }
  return text.length;
}

function keepDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  const { source } = context;
  if (typeof value !== 'number' || source === undefined) return value;
  return String(value) === source || isExact(value, source) ? value : exactJson.rawJSON(source);
}

/** Whether a double says all of a decimal: few enough digits, and neither too great nor too
 * small. */
function isExact(value: number, source: string): boolean {
  const digits = source.replace(/[eE].*$|[-.]/g, '').replace(/^0+/, '');
  if (digits === '') return true;
  return digits.length <= digitsExact && Number.isFinite(value) && Math.abs(value) > subnormalMax;
}

/** Below it a double has fewer digits. */
const subnormalMax = 2.3e-308;

function malformed(message: string): EngineError {
  return new EngineError('MALFORMED_REQUEST', message);
}
