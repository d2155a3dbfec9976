// How the admin says what went wrong: by Kafka's names, which its users know, where the engine's
// codes say less than what was asked. What was asked of many things is told of each.

import { invalid, SluiceError } from '../errors.ts';

/** What went wrong with one of several things. */
export type Failure = SluiceError & {
  readonly topic?: string;
  readonly groupId?: string;
  readonly partition?: number;
};

export type FailedGroup = {
  readonly groupId: string;
  /** Kafka's. */
  readonly errorCode: number;
  readonly error: SluiceError;
};

export type FailedPartition = {
  readonly partition: number;
  readonly offset: string;
  readonly error: SluiceError;
};

/** Of several things some were not done: the others are. It speaks as its first error does. */
export class SluiceAggregateError extends SluiceError {
  override readonly name = 'SluiceAggregateError';
  readonly errors: readonly Failure[];
  /** Of deleteGroups: those that are there yet. */
  readonly groups: readonly FailedGroup[];
  /** Of deleteTopicRecords: those whose records are there yet. */
  readonly partitions: readonly FailedPartition[];

  /** @param errors at least one. */
  constructor(
    message: string,
    errors: readonly [Failure, ...Failure[]],
    more: {
      readonly groups?: readonly FailedGroup[];
      readonly partitions?: readonly FailedPartition[];
    } = {},
  ) {
    const [first] = errors;
    const isUnknown = errors.some(({ outcome }) => outcome === 'unknown');
    super(`${message}: ${errors.map((error) => error.message).join('; ')}`, {
      code: first.code,
      status: first.status,
      type: first.type,
      outcome: isUnknown ? 'unknown' : 'refused',
      retriable: errors.every(({ retriable }) => retriable),
      retryAfterMillis: first.retryAfterMillis,
      cause: first,
    });
    this.errors = errors;
    this.groups = more.groups ?? [];
    this.partitions = more.partitions ?? [];
  }
}

/** @throws SluiceAggregateError, if there are any. */
export function throwAll(message: string, failures: readonly Failure[]): void {
  const [first, ...rest] = failures;
  if (first !== undefined) throw new SluiceAggregateError(message, [first, ...rest]);
}

/** @returns what came of it, or what went wrong, with what it is about.
 * @throws what is no SluiceError, as an abort. */
export async function attempt<Done>(
  work: Promise<Done>,
  about: Partial<Pick<Failure, 'topic' | 'groupId' | 'partition'>>,
): Promise<{ readonly done: Done } | { readonly failure: Failure }> {
  try {
    return { done: await work };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { failure: Object.assign(error, about) };
  }
}

/** What is to be deleted is not there, and may have been before a try whose answer was lost. */
export function isGone({ status, outcome }: SluiceError): boolean {
  return status === 404 && outcome === 'unknown';
}

/** As a handler of what was to be deleted. @throws what is wrong otherwise. */
export function doneIfGone(error: unknown): void {
  if (!(error instanceof SluiceError) || !isGone(error)) throw error;
}

/** Kafka's numbers of what a result tells of in its `errorCode`.
 * Source: https://kafka.apache.org/protocol.html#protocol_error_codes */
const numbers: Readonly<Record<string, number>> = {
  OFFSET_OUT_OF_RANGE: 1,
  UNKNOWN_TOPIC_OR_PARTITION: 3,
  REQUEST_TIMED_OUT: 7,
  COORDINATOR_NOT_AVAILABLE: 15,
  GROUP_AUTHORIZATION_FAILED: 30,
  CLUSTER_AUTHORIZATION_FAILED: 31,
  INVALID_REQUEST: 42,
  NON_EMPTY_GROUP: 68,
  GROUP_ID_NOT_FOUND: 69,
};

/** -1: Kafka's UNKNOWN_SERVER_ERROR. */
export function errorCodeOf({ type }: SluiceError): number {
  return numbers[type] ?? -1;
}

/** @throws SluiceError: one is there twice. */
export function expectOnce(field: string, names: readonly string[]): void {
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) throw invalid(field, `${twice} must be there once`);
}
