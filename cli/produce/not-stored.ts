// What is said of messages that could not be stored: which lines they are, and whether that is
// certain; and what of the same call is stored all the same.

import { SluiceError } from '../../client/errors.ts';
import type { RecordMetadata } from '../../client/producer/messages.ts';
import { SendError } from '../../client/producer/send.ts';

/** Where the messages of a call come from. */
export type Origin = {
  /** For people. */
  readonly input: string;
  /** Of each message; none where the input is one message. */
  readonly lines: readonly number[];
};

/** Of a call that has failed, maybe in part. @param messages of the call. */
export function storedOf(
  error: unknown,
  messages: number,
): { readonly messages: number; readonly places: readonly RecordMetadata[] } {
  if (!(error instanceof SendError)) return { messages: 0, places: [] };
  const failed = error.failed.reduce((sum, part) => sum + part.messages, 0);
  return { messages: messages - failed, places: error.stored };
}

/** The same failure, by where its messages come from. What is stored of the call makes nothing
 * unsure of what is not: only what may or may not be stored does. */
export function located(error: unknown, origin: Origin | undefined): unknown {
  if (!(error instanceof SluiceError)) return error;
  const { message } = error;
  const isSure = error instanceof SendError && error.failed.every((part) => isRefused(part.error));
  const outcome = isSure ? 'refused' : error.outcome;
  if (origin === undefined || isOfAll(error)) return error.as({ outcome });
  const { input, lines } = origin;
  const [, index, rest = ''] = /^messages\[(\d+)\]\.?(.*)$/s.exec(message) ?? [];
  const line = index === undefined ? undefined : lines[Number(index)];
  const said =
    line === undefined
      ? `${linesText(lines)}${message}`
      : `line ${line}: ${rest.replace(/^: /, '')}`;
  return new SluiceError(`${input}: ${said}`, { ...error, outcome, cause: error });
}

function isRefused({ outcome }: SluiceError): boolean {
  return outcome === 'refused';
}

/** Nobody may send there, or nobody is there: which message it was does not matter. */
function isOfAll({ code, status, outcome }: SluiceError): boolean {
  return (code === 0 && outcome === 'refused') || /^40[134]/.test(String(code || status));
}

function linesText(lines: readonly number[]): string {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return '';
  return first === last ? `line ${first}: ` : `lines ${first} to ${last}: `;
}
