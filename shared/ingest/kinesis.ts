// One record of a Kinesis event. A batch is of one shard, in order; a retry begins again with its
// first record, or the first that failed, and goes on from there.
//
// The mark says that sequences rise along a shard. Lambda keeps to that for a whole shard only with
// a parallelization factor of 1, its default: with more, several batches of a shard are under way
// at once, in order by partition key alone, and one that comes later may have lower sequences
// which nobody has seen. Who remembers no more than the highest sequence must have the factor at 1.
//
// What a producer library packed into one record is not unpacked.
//
// Source: "Using Lambda to process records from Amazon Kinesis Data Streams" in the Lambda
// Developer Guide; Record in the Kinesis Data Streams API Reference.

import { decodeBase64 } from '../base64.ts';
import { awsHeaders } from './event-headers.ts';
import { timeOfSeconds } from './event-time.ts';
import { memberOf, nameAt, textAt } from './members.ts';
import type { BadRecord, SourceRecord } from './source-record.ts';

/** What the API allows; those in use have 56. */
export const sequenceDigitsMax = 129;

export function readKinesisRecord(record: unknown): SourceRecord | BadRecord {
  const kinesis = memberOf(record, 'kinesis');
  const identifier = nameAt(kinesis, 'sequenceNumber');
  const arn = nameAt(record, 'eventSourceARN');
  const id = nameAt(record, 'eventID');
  const shard = arn === undefined ? undefined : shardOf(arn, id);
  const place = { identifier, lane: shard };
  const sequence = identifier === undefined ? undefined : padSequence(identifier);
  if (sequence === undefined) {
    return { bad: `kinesis.sequenceNumber: must be 1 to ${sequenceDigitsMax} digits`, ...place };
  }
  if (shard === undefined) {
    return { bad: 'eventSourceARN and eventID: must name the stream and the shard', ...place };
  }
  const partitionKey = nameAt(kinesis, 'partitionKey');
  if (partitionKey === undefined) return { bad: 'kinesis.partitionKey: must be text', ...place };
  const data = textAt(kinesis, 'data');
  const value = data === undefined ? undefined : decodeBase64(data);
  if (value === undefined) return { bad: 'kinesis.data: must be base64', ...place };
  return {
    key: Buffer.from(partitionKey),
    value,
    headers: awsHeaders({ source: 'kinesis', arn, id }),
    timestamp: timeOfSeconds(memberOf(kinesis, 'approximateArrivalTimestamp')),
    mark: { kind: 'shard', shard, sequence },
    ...place,
  };
}

/** A shard's id says nothing without its stream. @param id `shardId-000000000006:4959...`. */
function shardOf(arn: string, id: string | undefined): string | undefined {
  const shard = /^(shardId-\d+):/.exec(id ?? '')?.[1];
  return shard === undefined ? undefined : `${arn} ${shard}`;
}

/** To sequenceDigitsMax digits with zeros in front, so that strings are ordered as the numbers are.
 * @returns undefined: it is not a number of so many digits. */
export function padSequence(number: string): string | undefined {
  if (!/^\d+$/.test(number) || number.length > sequenceDigitsMax) return undefined;
  return number.padStart(sequenceDigitsMax, '0');
}
