// Bodies checked against their schemas; what is wrong is said by field and bound. The first fault
// is told, not all: the work that a bad request makes stays small.

import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { EngineError, type ErrorCode } from '../errors.ts';
import { controlBodyBytesMax } from '../limits.ts';
import type { Exchange } from './exchange.ts';
import { parseJson } from './json-text.ts';
import { expectJsonBody } from './media-types.ts';

/** The JSON body of a request that carries no records. @param none what an empty one stands for;
 *   undefined: it must not be empty.
 * @throws EngineError UNSUPPORTED_MEDIA_TYPE, REQUEST_TOO_LARGE, MALFORMED_REQUEST,
 * MALFORMED_FIELD, INVALID_FIELD. */
export async function controlBody<Schema extends z.ZodMiniType>(
  exchange: Exchange,
  schema: Schema,
  none?: z.input<Schema>,
): Promise<z.output<Schema>> {
  expectJsonBody(exchange);
  const bytes = await exchange.readBody(controlBodyBytesMax);
  return checked(schema, bytes.length === 0 && none !== undefined ? none : parseJson(bytes));
}

// What no schema and no case below says itself is said in English.
z.config(en());

/** @throws EngineError MALFORMED_FIELD, INVALID_FIELD. */
export function checked<Schema extends z.ZodMiniType>(
  schema: Schema,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value, withInput);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw errorOf(issue as z.core.$ZodIssue);
}

/** Whether a field is missing or of a wrong type is seen by what was there. */
const withInput = { reportInput: true } as const;

function errorOf(issue: z.core.$ZodIssue): EngineError {
  const path = pathOf(issue.path);
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return fault('INVALID_FIELD', path, 'is required');
      return fault('MALFORMED_FIELD', path, typeFault(issue));
    case 'unrecognized_keys':
      return fault(
        'INVALID_FIELD',
        pathOf([...issue.path, ...issue.keys.slice(0, 1)]),
        'is unknown',
      );
    case 'too_small':
      return bound(path, 'at least', issue.origin, Number(issue.minimum));
    case 'too_big':
      return bound(path, 'at most', issue.origin, Number(issue.maximum));
    case 'invalid_value':
      if (issue.input === undefined) return fault('INVALID_FIELD', path, 'is required');
      return fault('INVALID_FIELD', path, `must be one of ${issue.values.join(', ')}`);
    case 'invalid_union':
      if (issue.input === undefined) return fault('INVALID_FIELD', path, 'is required');
      if ('options' in issue && Array.isArray(issue.options)) {
        return fault('INVALID_FIELD', path, `must be one of ${issue.options.join(', ')}`);
      }
      return fault('MALFORMED_FIELD', path, 'is of none of the types it may have');
    default:
      return fault('INVALID_FIELD', path, issue.message);
  }
}

/** What a schema says itself begins so. */
const said = /^must be /;

function typeFault({ expected, message }: z.core.$ZodIssueInvalidType): string {
  return said.test(message) ? message : `must be ${typeNames[expected] ?? expected}`;
}

/** A field that may be a fraction says so itself. */
const typeNames: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'a boolean',
  int: 'an integer',
  number: 'an integer',
  object: 'an object',
  string: 'a string',
};

function bound(path: string, side: string, origin: string, limit: number): EngineError {
  const unit = origin === 'array' ? ' long' : origin === 'string' ? ' characters long' : '';
  return fault('INVALID_FIELD', path, `must be ${side} ${limit}${unit}`, limit);
}

function fault(code: ErrorCode, field: string, what: string, limit?: number): EngineError {
  const detail = limit === undefined ? { field } : { field, limit };
  return new EngineError(code, `${field}: ${what}`, detail);
}

/** A caller's own key may be in it, so it is cut. */
const pathCharactersMax = 100;

function pathOf(path: readonly PropertyKey[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += text === '' ? String(part) : `.${String(part)}`;
  }
  return text === '' ? 'body' : text.slice(0, pathCharactersMax);
}
