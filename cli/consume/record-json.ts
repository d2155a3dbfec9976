// A message as a line of JSON, as `sluice produce --format ndjson` takes it:
//
//     {"topic","partition","offset","timestamp","key","value","headers"?}
//
// Text is text; what is not is base64, in `keyBase64` and `valueBase64`, and as {"base64"} in a
// header. A header that is there several times is a list.

import { isUtf8 } from 'node:buffer';
import type { MessageHeaders } from '../../client/consumer/messages.ts';
import { withNumbers } from '../offsets.ts';
import type { Told } from './format.ts';

export function jsonLineOf({ topic, partition, message }: Told): string {
  const { key, value, offset, timestamp, headers } = message;
  return `${JSON.stringify({
    topic,
    partition,
    ...withNumbers({ offset, timestamp }),
    ...recordFields({ key, value }),
    ...(Object.keys(headers).length > 0 && { headers: headersIn(headers) }),
  })}\n`;
}

type Content = Buffer | null | undefined;

/** undefined: it is not known, and left out. */
export function recordFields({ key, value }: { readonly key: Content; readonly value: Content }) {
  return { ...fieldOf('key', key), ...fieldOf('value', value) };
}

function fieldOf(name: 'key' | 'value', content: Content): Record<string, string | null> {
  if (content === undefined) return {};
  if (content === null) return { [name]: null };
  if (isUtf8(content)) return { [name]: content.toString() };
  return { [`${name}Base64`]: content.toString('base64') };
}

function headersIn(headers: MessageHeaders) {
  const entries = Object.entries(headers).map(([name, value]) => {
    return [name, Array.isArray(value) ? value.map(headerOf) : headerOf(value)] as const;
  });
  return Object.fromEntries(entries);
}

function headerOf(value: Buffer | undefined) {
  if (value === undefined) return null;
  return isUtf8(value) ? value.toString() : { base64: value.toString('base64') };
}
