// What the body of a produce request is, by its content type.

import { EngineError } from '../../errors.ts';
import { isObject } from '../../json.ts';
import type { Format } from '../formats.ts';
import { recordTypes, schemaTypes, unsupportedMediaType, untypedBodies } from '../media-types.ts';

export type ProduceForm = Format | 'schema';

const forms: ReadonlyMap<string, ProduceForm> = new Map<string, ProduceForm>([
  ...recordTypes,
  ...untypedBodies.map((type) => [type, 'binary'] as const),
  ...schemaTypes.map((type) => [type, 'schema'] as const),
]);

/** @param type without parameters, in lower case; '' for none.
 * @throws EngineError UNSUPPORTED_MEDIA_TYPE. */
export function produceForm(type: string): ProduceForm {
  const form = forms.get(type);
  if (form === undefined) throw unsupportedMediaType();
  return form;
}

/** Why a body in a schema format is refused: it lacks a schema that it needs, as the reference
 * proxy says, or it is complete and there is no registry to read it with. */
export function schemaFormatFault(body: unknown): EngineError {
  const { records, ...schemas } = isObject(body) ? body : {};
  const all = Array.isArray(records) ? records.filter(isObject) : [];
  const lacks = (part: 'key' | 'value') =>
    all.some((record) => (record[part] ?? null) !== null) &&
    (schemas[`${part}_schema`] ?? schemas[`${part}_schema_id`] ?? null) === null;
  if (lacks('key')) {
    return new EngineError('KEY_SCHEMA_MISSING', 'key_schema: it or key_schema_id is required');
  }
  if (lacks('value')) {
    return new EngineError(
      'VALUE_SCHEMA_MISSING',
      'value_schema: it or value_schema_id is required',
    );
  }
  return unsupportedMediaType();
}
