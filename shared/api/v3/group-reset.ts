// The body by which a group's offsets are moved: where to, and of which of its partitions.

import * as z from 'zod/mini';
import type { GroupReset } from '../../engine/group/reset-group.ts';
import { EngineError } from '../../errors.ts';
import { topicNameFault } from '../../log/topic-name.ts';
import { integer } from '../schemas/integer.ts';
import { placeOf, resetTo } from '../schemas/reset-to.ts';

export const resetBody = z.strictObject({
  /** Neither topic nor partition: all of which something is committed. */
  topic_name: z.nullish(z.string()),
  /** Of the topic; none: all of them. */
  partition_id: z.nullish(integer({ min: 0 })),
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
