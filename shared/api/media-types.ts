// Content types: what a request's body is, and which form its reply should have.
// Source: RFC 9110, sections 8.3 and 12.5.1; the form */json is the reference proxy's.

import { EngineError } from '../errors.ts';
import { type Exchange, requestHeader } from './exchange.ts';
import { type Format, formats } from './formats.ts';

export const jsonType = 'application/json';
export const problemType = 'application/problem+json';
export const batchesType = 'application/vnd.sluice.batches';
/** Batches of several partitions (record/parts.ts). */
export const partsType = 'application/vnd.sluice.parts';
export const v2Type = 'application/vnd.kafka.v2+json';
const v1Type = 'application/vnd.kafka.v1+json';

/** Kafka REST's JSON with keys and values in that format: one of ours, or of a schema registry. */
export function typeOf(format: string, version: 'v1' | 'v2' = 'v2'): string {
  return `application/vnd.kafka.${format}.${version}+json`;
}

/** Types that name no format. Where there must be one, they mean binary. */
export const plainTypes = [v2Type, v1Type, jsonType];

/** The names of JSON that holds records; those that a reply prefers come first. */
export const recordTypes: ReadonlyMap<string, Format> = new Map<string, Format>([
  ...formats.map((format) => [typeOf(format), format] as const),
  ...plainTypes.map((type) => [type, 'binary'] as const),
  ...formats.map((format) => [typeOf(format, 'v1'), format] as const),
]);

/** In formats whose schemas a registry keeps. */
export const schemaTypes = (['v1', 'v2'] as const).flatMap((version) =>
  ['avro', 'jsonschema', 'protobuf'].map((format) => typeOf(format, version)),
);

/** What a request may say of its body, and says nothing by. */
export const untypedBodies = ['', 'application/octet-stream'];

/** What v2's replies may be called; the first is the default. */
const v2Types = [...plainTypes, ...formats.map((format) => typeOf(format))];

const v3Types = [jsonType];

/** @throws EngineError NOT_ACCEPTABLE. */
export function v2ReplyType(exchange: Exchange): string {
  return replyType(exchange, v2Types);
}

/** @throws EngineError NOT_ACCEPTABLE. */
export function v3ReplyType(exchange: Exchange): string {
  return replyType(exchange, v3Types);
}

/** The offer that the request's Accept prefers; the first when it has no wish.
 * @throws EngineError NOT_ACCEPTABLE. */
export function replyType(exchange: Exchange, offers: readonly string[]): string {
  const chosen = negotiate(requestHeader(exchange, 'accept'), offers);
  if (chosen !== undefined) return chosen;
  throw new EngineError('NOT_ACCEPTABLE', `Accept: must allow one of ${offers.join(', ')}`, {
    field: 'Accept',
  });
}

type Preference = { readonly range: string; readonly quality: number };

/** Highest quality first, then what names a type before what has a wildcard, then Accept's order. A
 * wish for problem+json concerns errors alone. */
export function negotiate(
  accept: string | undefined,
  offers: readonly string[],
): string | undefined {
  const [first] = offers;
  if (accept === undefined || accept === '*/*' || accept === first) return first;
  const wishes = accept
    .split(',')
    .map(preferenceOf)
    .filter(({ range }) => range !== '' && range !== problemType);
  if (wishes.length === 0) return first;
  const refused = wishes.filter((wish) => wish.quality === 0).map((wish) => wish.range);
  const allowed = offers.filter((offer) => !refused.includes(offer));
  const sorted = wishes
    .filter((wish) => wish.quality > 0)
    .sort((one, other) => other.quality - one.quality || wildcards(one) - wildcards(other));
  for (const { range } of sorted) {
    const match = allowed.find((offer) => covers(range, offer));
    if (match !== undefined) return match;
  }
  return undefined;
}

function preferenceOf(text: string): Preference {
  const [range = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return { range, quality: quality >= 0 && quality <= 1 ? quality : 0 };
}

function wildcards({ range }: Preference): number {
  return range.split('*').length - 1;
}

function covers(range: string, offer: string): boolean {
  if (range === offer || range === '*/*') return true;
  if (range.endsWith('/*')) return offer.startsWith(range.slice(0, -1));
  return range.startsWith('*/') && offer.split(/[/+]/).at(-1) === range.slice(2);
}

/** The media type of the body, without parameters, in lower case; '' when the request names
 * none. */
export function contentType(exchange: Exchange): string {
  const header = requestHeader(exchange, 'content-type') ?? '';
  const end = header.indexOf(';');
  return (end < 0 ? header : header.slice(0, end)).trim().toLowerCase();
}

const jsonBodyTypes = new Set([...untypedBodies, ...plainTypes]);

/** Of a body that is JSON of no particular format. @throws EngineError UNSUPPORTED_MEDIA_TYPE. */
export function expectJsonBody(exchange: Exchange): void {
  if (!jsonBodyTypes.has(contentType(exchange))) throw unsupportedMediaType();
}

const consumerBodyTypes = new Set([...untypedBodies, ...recordTypes.keys()]);

/** Of what is asked of a consumer instance: its format may be named there too, and says nothing of
 * the body. @throws EngineError UNSUPPORTED_MEDIA_TYPE. */
export function expectConsumerBody(exchange: Exchange): void {
  if (!consumerBodyTypes.has(contentType(exchange))) throw unsupportedMediaType();
}

export function unsupportedMediaType(): EngineError {
  return new EngineError('UNSUPPORTED_MEDIA_TYPE', 'HTTP 415 Unsupported Media Type', {
    field: 'Content-Type',
  });
}

export function wantsProblem(exchange: Exchange): boolean {
  return requestHeader(exchange, 'accept')?.includes(problemType) ?? false;
}
