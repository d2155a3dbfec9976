// What is told of a mistake of ours, and of what a store or a target did: enough to find it, and no
// payload. Properties that others put on their errors are left out, since a cancelled write brings
// the item that refused it; and so is what a message quotes, since an engine or a library quotes
// what it could not read.

import { AssertionError } from './assert.ts';
import { EngineError } from './errors.ts';

/** In the words of Lambda's own log. */
export type ToldFault = {
  readonly errorType: string;
  readonly errorMessage: string;
  /** Of EngineError, Node and the system. */
  readonly errorCode?: string;
  readonly stackTrace: readonly string[];
  readonly cause?: ToldFault;
};

const charactersMax = 500;
const framesMax = 12;
const causesMax = 3;

/** What is no error is told as it is: whoever reports it has made it of his own words. */
export function toldFault(fault: unknown): unknown {
  return fault instanceof Error ? ofError(fault, causesMax) : fault;
}

function ofError(error: Error, causesLeft: number): ToldFault {
  const { cause, code } = error as { readonly cause?: unknown; readonly code?: unknown };
  return {
    errorType: cut(String(error.name)),
    errorMessage: cut(messageOf(error)),
    ...(typeof code === 'string' && { errorCode: cut(code) }),
    stackTrace: framesOf(error),
    ...(cause instanceof Error && causesLeft > 0 && { cause: ofError(cause, causesLeft - 1) }),
  };
}

/** From the first quotation mark to the last, whatever stands between. */
const quoted = /['"`].*['"`]/s;

function messageOf(error: Error): string {
  const isOurs = error instanceof EngineError || error instanceof AssertionError;
  if (isOurs) return error.message;
  // They quote without marks, too; and where Node has a code, that says what it is about.
  const { code } = error as { readonly code?: unknown };
  const quotes = error instanceof SyntaxError || String(code).startsWith('ERR_');
  if (quotes) return 'left out: it quotes what could not be read';
  return error.message.replace(quoted, '…');
}

/** Without the message, which stands before them and may have lines that look like frames. Of a
 * stack that does not hold it (it was changed since) there is no telling: it has none. */
function framesOf({ stack = '', message }: Error): readonly string[] {
  const at = stack.indexOf(message);
  if (at === -1) return [];
  const frames = stack
    .slice(at + message.length)
    .split('\n')
    .filter((line) => /^ {4}at /.test(line));
  return frames.slice(0, framesMax).map((line) => line.trim());
}

function cut(text: string): string {
  return text.slice(0, charactersMax);
}
