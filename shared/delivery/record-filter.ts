// Which records a subscription's pattern lets through. To a pattern a record is
//
//   { key: its text, or null,
//     headers: { name: [a text or null for each header of that name, ...], ... },
//     value: its JSON, or its text when it is no JSON; null when it has none }
//
// A record whose value is no JSON is not let through by a pattern that has fields for the value,
// whatever the pattern says of them. Bytes that are no UTF-8 are texts with U+FFFD in their place,
// and never JSON; neither is what nests deeper than jsonDepthMax.
//
// Source: "Filtering events from Amazon MSK and self-managed Apache Kafka event sources". Lambda
// has patterns for the value alone, and by that page looks only at metadata, of which there is
// none, when the formats do not fit; so the function would get what it cannot read. Here it does
// not, as it does not from SQS or Kinesis.

import { isUtf8 } from 'node:buffer';
import { type JsonObject, type JsonValue, nestsWithin, parsedOrUndefined } from '../json.ts';
import { jsonDepthMax } from '../limits.ts';
import {
  type Fields,
  matchesNode,
  type Node,
  type Pattern,
  parsePattern,
} from '../pattern/event-pattern.ts';
import { type Malformed, malformed } from '../pattern/operators.ts';
import type { LogRecord, RecordHeader } from '../record/record.ts';
import { decodeUtf8 } from '../utf8.ts';

/** As parsePattern, and refuses what no record could match, since a subscription with it would pass
 * over its topic without a word. */
export function parseRecordPattern(json: unknown): ReturnType<typeof parsePattern> {
  const parsed = parsePattern(json);
  if (parsed.kind === 'malformed') return parsed;
  return misfit(parsed.pattern, '', partMisfit) ?? parsed;
}

/** What is wrong with a field for what it is said of, if anything is. */
type Misfit = (name: string, node: Node, path: string) => Malformed | undefined;

function misfit(pattern: Fields, path: string, judge: Misfit): Malformed | undefined {
  for (const [name, node] of pattern.fields) {
    const found = judge(name, node, `${path}${name}`);
    if (found !== undefined) return found;
  }
  for (const [index, alternative] of pattern.or?.entries() ?? []) {
    const found = misfit(alternative, `${path}$or[${index}].`, judge);
    if (found !== undefined) return found;
  }
  return undefined;
}

const partMisfit: Misfit = (name, node, path) => {
  switch (name) {
    case 'key':
      return textMisfit(name, node, path);
    case 'headers':
      if (node.kind === 'fields') return misfit(node, `${path}.`, textMisfit);
      return malformed(path, 'must be an object of header names');
    case 'value':
      return undefined;
    default:
      return malformed(path, 'is no part of a record: they are key, headers and value');
  }
};

const textMisfit: Misfit = (_name, node, path) =>
  node.kind === 'leaf' ? undefined : malformed(path, 'must be a list: it is a text, and no object');

/** @param pattern of parseRecordPattern. */
export function recordFilter(pattern: Pattern): (record: LogRecord) => boolean {
  return (record) => letsThrough(pattern, partsOf(record));
}

function letsThrough({ fields, or }: Fields, parts: Parts): boolean {
  return (
    fields.every(([name, node]) => fits(name, node, parts)) &&
    (or === undefined || or.some((alternative) => letsThrough(alternative, parts)))
  );
}

function fits(name: string, node: Node, parts: Parts): boolean {
  switch (name) {
    case 'key':
      return matchesNode(node, parts.key());
    case 'headers':
      return matchesNode(node, parts.headers());
    case 'value': {
      const { isJson, value } = parts.value();
      return (isJson || node.kind === 'leaf') && matchesNode(node, value);
    }
    default:
      return matchesNode(node, undefined);
  }
}

/** Each is read when it is first asked for: a value may be megabytes. */
type Parts = {
  readonly key: () => string | null;
  readonly headers: () => JsonObject;
  readonly value: () => RecordValue;
};

type RecordValue = { readonly isJson: boolean; readonly value: JsonValue };

function partsOf({ key, headers, value }: LogRecord): Parts {
  return {
    key: once(() => textOf(key)),
    headers: once(() => headersOf(headers)),
    value: once(() => readValue(value)),
  };
}

function readValue(bytes: Uint8Array | null): RecordValue {
  const text = textOf(bytes);
  if (bytes === null || text === null) return { isJson: true, value: null };
  const json = isUtf8(bytes) ? jsonOf(text) : undefined;
  return json === undefined ? { isJson: false, value: text } : { isJson: true, value: json };
}

function jsonOf(text: string): JsonValue | undefined {
  const value = parsedOrUndefined(text) as JsonValue | undefined;
  return value !== undefined && nestsWithin(value, jsonDepthMax) ? value : undefined;
}

/** Object.fromEntries, since it makes a plain field of a header named `__proto__`. */
function headersOf(headers: readonly RecordHeader[]): JsonObject {
  const byName = Map.groupBy(headers, ({ key }) => key);
  return Object.fromEntries(
    [...byName].map(([name, all]) => [name, all.map(({ value }) => textOf(value))]),
  );
}

function textOf(bytes: Uint8Array | null): string | null {
  return bytes && decodeUtf8(bytes);
}

function once<Value>(read: () => Value): () => Value {
  let kept: { readonly value: Value } | undefined;
  return () => {
    kept ??= { value: read() };
    return kept.value;
  };
}
