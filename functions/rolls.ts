// Heads that were rolled have chunks which may be merged: whoever looks after their partitions is
// told. What fails is brought again by the stream; twice told is once looked after.

import type { DynamoDBStreamEvent } from 'aws-lambda';
import { rolledIn } from './housekeeping-events.ts';
import { passOn, upkeepQueue } from './runtime.ts';

const queue = upkeepQueue();

export const handler = passOn((event: DynamoDBStreamEvent) => queue.send(rolledIn(event)));
