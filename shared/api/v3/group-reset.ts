// The body by which a group's offsets are moved: where to, and of which of its partitions. A
// subscription is sought to the same places.

import * as z from 'zod';
import type { GroupReset } from '../../engine/group/reset-group.ts';
import { EngineError } from '../../errors.ts';
import { offsetMax } from '../../limits.ts';
import { topicNameFault } from '../../log/topic-name.ts';
import { millisOf, timestamp } from '../schemas/timestamp.ts';

export const resetTo = z.union([
  z.enum(['earliest', 'latest']),
  /** Brought within what the log holds. */
  z.strictObject({ offset: z.int().min(0).max(offsetMax) }),
  /** The first record of that time or a later one; else the end. */
  z.strictObject({ timestamp }),
]);

export const resetBody = z.strictObject({
  /** Neither topic nor partition: all of which something is committed. */
  topic_name: z.string().nullish(),
  /** Of the topic; none: all of them. */
  partition_id: z.int().min(0).nullish(),
  to: resetTo,
});

/** @throws EngineError INVALID_FIELD, UNKNOWN_TOPIC: no topic can have the name. */
export function resetOf(group: string, body: z.output<typeof resetBody>): GroupReset {
  const { topic_name: topic, partition_id: partition, to } = body;
  if (typeof partition === 'number' && typeof topic !== 'string') {
    const field = 'partition_id';
    throw new EngineError('INVALID_FIELD', `${field}: needs topic_name beside it`, { field });
  }
  const fault = typeof topic === 'string' ? topicNameFault(topic) : undefined;
  if (fault !== undefined) {
    throw new EngineError('UNKNOWN_TOPIC', `topic: a name ${fault}`, { field: 'topic' });
  }
  return {
    group,
    to: placeOf(to),
    ...(typeof topic === 'string' ? { topic } : {}),
    ...(typeof partition === 'number' ? { partition } : {}),
  };
}

export function placeOf(to: z.output<typeof resetTo>): GroupReset['to'] {
  const isTime = typeof to === 'object' && 'timestamp' in to;
  return isTime ? { timestamp: millisOf(to.timestamp) } : to;
}
