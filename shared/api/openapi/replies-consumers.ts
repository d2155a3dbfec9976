// The bodies of what consumer instances answer; their records are those of a fetch.

import * as z from 'zod';
import { count, offset } from './operation.ts';

export const createInstanceReply = z.strictObject({
  instance_id: z.string(),
  base_uri: z.url().describe('Below it are all of the instance’s routes.'),
});

export const subscriptionReply = z.strictObject({ topics: z.array(z.string()) });

export const assignmentsReply = z.strictObject({
  partitions: z.array(z.strictObject({ topic: z.string(), partition: count })),
});

export const committedReply = z.strictObject({
  offsets: z
    .array(
      z.strictObject({
        topic: z.string(),
        partition: count,
        offset: offset.describe('The next to read.'),
        metadata: z.string(),
      }),
    )
    .describe('Without partitions of which nothing is committed.'),
});
