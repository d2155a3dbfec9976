// What a source is told of records that were not stored, so that it brings them again and no
// others. SQS, Kinesis and DynamoDB take a list of their names; SNS, S3 and EventBridge, whose
// records have none, know of a whole event alone, and that by the function's failure.
//
// Invariant: nothing that was not stored is taken for stored. One failure without a name fails the
// event: an incomplete list would say that the others are stored. What of it is stored is known
// when it comes again, by its marks.
//
// Source: "Reporting batch item failures" for SQS, Kinesis and DynamoDB, and "Invoking a Lambda
// function asynchronously" in the Lambda Developer Guide.

import type { ErrorCode } from '../errors.ts';
import type { SourceEvent } from './source-event.ts';

/** In Lambda's spelling. */
export type PartialFailure = {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
};

export type BatchResponse =
  | { readonly kind: 'returned'; readonly response: PartialFailure }
  | Failed;

/** The function is to fail, for that reason: all of the event comes again. */
type Failed = { readonly kind: 'failed'; readonly code: ErrorCode; readonly reason: string };

/** @param failures which of the event's records were not stored, and why. */
export function batchResponse(
  { source, records }: SourceEvent,
  failures: readonly (Pick<Failed, 'code' | 'reason'> & { readonly index: number })[],
): BatchResponse {
  const batchItemFailures: { itemIdentifier: string }[] = [];
  for (const { index, code, reason } of failures) {
    const itemIdentifier = records[index]?.identifier;
    if (itemIdentifier === undefined) {
      const said = `record ${index} of ${source} was not stored: ${reason}`;
      return { kind: 'failed', code, reason: said };
    }
    batchItemFailures.push({ itemIdentifier });
  }
  return { kind: 'returned', response: { batchItemFailures } };
}
