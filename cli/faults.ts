// What is said of an error: what went wrong, what to do about it, and how the program ends.

import { SluiceError } from '../client/errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { durationText } from './texts.ts';

/** The words make no sense: found before anything is asked. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What a command is about is not there. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
}

/** A check that could not look says nothing of what it is about, which its other codes do. */
export class CheckFailed extends Error {
  override readonly name = 'CheckFailed';
  /** Its own. */
  readonly exitCode: number;

  constructor(exitCode: number, cause: unknown) {
    super('nothing can be said', { cause });
    this.exitCode = exitCode;
  }
}

export type Fault = {
  readonly exitCode: number;
  readonly message: string;
  /** What to do. */
  readonly advice?: string;
  /** For programs. */
  readonly detail: object;
};

/** @param url of the engine that was asked, if one was. */
export function faultOf(error: unknown, url: string | undefined): Fault {
  if (error instanceof CheckFailed) {
    return { ...faultOf(error.cause, url), exitCode: error.exitCode };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof UsageError) {
    return { exitCode: exitCodes.usage, message, detail: {} };
  }
  if (error instanceof NotFoundError) return { exitCode: exitCodes.notFound, message, detail: {} };
  if (!(error instanceof SluiceError)) return { exitCode: exitCodes.failed, message, detail: {} };
  const { code, status, type, outcome, retriable } = error;
  const exitCode = exitCodeOf(error);
  const advice = adviceOn(error, url);
  const detail = { code, status, type, outcome, retriable };
  return { exitCode, message, detail, ...(advice !== undefined && { advice }) };
}

const notFoundTypes: ReadonlySet<string> = new Set([
  'GROUP_ID_NOT_FOUND',
  'RESOURCE_NOT_FOUND',
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

function exitCodeOf({ code, status, type, outcome }: SluiceError): ExitCode {
  if (isClosed(code) || isClosed(status)) return exitCodes.notAllowed;
  if (outcome === 'unknown' || code === 0 || isAway(status)) return exitCodes.unknown;
  if (notFoundTypes.has(type) || status === 404) return exitCodes.notFound;
  return exitCodes.failed;
}

function isClosed(code: number): boolean {
  return [401, 403, 40101, 40301].includes(code);
}

/** Not what the engine says of a thing that is not there: it has no such route. */
function isNowhere({ code, status, message }: SluiceError): boolean {
  return status === 404 && code === status && message.startsWith('HTTP ');
}

function isAway(status: number): boolean {
  return status === 429 || status >= 500;
}

function adviceOn(error: SluiceError, url: string | undefined): string | undefined {
  const { code, status, outcome, retriable, retryAfterMillis } = error;
  if (code === 401 || status === 401) {
    return 'say who calls: --key or SLUICE_KEY, --iam, or a profile (sluice profiles set --help)';
  }
  if (isClosed(code) || isClosed(status)) {
    return 'ask who looks after the engine for an ACL (sluice acls create --help) or an IAM policy';
  }
  if (error.type === 'SECURITY_DISABLED') {
    return 'this engine has no access control: serve --auth, --acls turn it on';
  }
  if (isNowhere(error)) {
    return `is ${url} that of an engine? If it is, it has no API keys: serve --auth turns them on`;
  }
  if (error.type === 'UNKNOWN_TOPIC_OR_PARTITION' && status === 404) {
    return 'sluice topics list shows those that are there, and sluice topics create makes one';
  }
  if (code === 0 && outcome === 'refused' && url !== undefined) {
    return `is there an engine at ${url}? Start one (sluice serve), or say another (--url)`;
  }
  if (retryAfterMillis !== undefined && !retriable) {
    return `the engine asks to come back in ${durationText(retryAfterMillis)}`;
  }
  if (outcome === 'unknown') return 'it may have been done: look before you ask for it again';
  return retriable ? 'the engine asks to come back later' : undefined;
}
