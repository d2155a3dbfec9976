// How a message is printed, in the letters of kcat's -f:
//
//     %t topic   %p partition   %o offset   %T timestamp in milliseconds   %k key   %s value
//     %K %S      bytes of the key, of the value; -1: there is none
//     %h         headers, name=value with commas between    %%  %
//     \n \r \t \0 \\  \xHH      what does not stand on a keyboard
//
// Keys and values are printed as the bytes they are. Source: kcat(1), "Format string tokens".

import type { KafkaMessage, MessageHeaders } from '../../client/consumer/messages.ts';
import { UsageError } from '../faults.ts';

export type Told = {
  readonly topic: string;
  readonly partition: number;
  readonly message: KafkaMessage;
};

type Part = (told: Told) => Uint8Array;

const tokens: Readonly<Record<string, Part>> = {
  t: ({ topic }) => Buffer.from(topic),
  p: ({ partition }) => Buffer.from(String(partition)),
  o: ({ message }) => Buffer.from(message.offset),
  T: ({ message }) => Buffer.from(message.timestamp),
  k: ({ message }) => message.key ?? empty,
  s: ({ message }) => message.value ?? empty,
  K: ({ message }) => Buffer.from(String(message.key?.length ?? -1)),
  S: ({ message }) => Buffer.from(String(message.value?.length ?? -1)),
  h: ({ message }) => headersIn(message.headers),
  '%': () => Buffer.from('%'),
};

const empty = Buffer.alloc(0);

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '0': '\0',
  '\\': '\\',
};

export const formatHelp = 'as kcat’s: %t %p %o %T %k %s %K %S %h %% \\n \\t \\xHH';

/** @returns what prints a message.
 * @throws UsageError of what stands for nothing. */
export function formatOf(text: string): (told: Told) => Uint8Array {
  const parts = [...partsIn(text)];
  return (told) => Buffer.concat(parts.map((part) => part(told)));
}

function* partsIn(text: string): Generator<Part> {
  const form = /%(.?)|\\(?:x([0-9a-fA-F]{2})|(.?))|[^%\\]+/gs;
  for (const [all, token, hex, letter] of text.matchAll(form)) {
    if (token !== undefined) yield tokenOf(token);
    else yield always(hex === undefined ? escapeOf(all, letter) : Buffer.from(hex, 'hex'));
  }
}

function tokenOf(letter: string): Part {
  const part = Object.hasOwn(tokens, letter) ? tokens[letter] : undefined;
  if (part !== undefined) return part;
  throw new UsageError(`-f: %${letter} stands for nothing: ${formatHelp}`);
}

function escapeOf(text: string, letter: string | undefined): Uint8Array {
  if (letter === undefined) return Buffer.from(text);
  const meant = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
  if (meant !== undefined) return Buffer.from(meant);
  throw new UsageError(`-f: \\${letter} stands for nothing: ${formatHelp}`);
}

function always(bytes: Uint8Array): Part {
  return () => bytes;
}

function headersIn(headers: MessageHeaders): Uint8Array {
  const pairs = Object.entries(headers).flatMap(([name, value]) => {
    const values = Array.isArray(value) ? value : [value ?? empty];
    return values.map((one) => Buffer.concat([Buffer.from(`${name}=`), one]));
  });
  return Buffer.concat(pairs.flatMap((pair, at) => (at === 0 ? [pair] : [Buffer.from(','), pair])));
}
