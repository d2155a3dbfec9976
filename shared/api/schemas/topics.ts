// Bodies of v3's topic requests. What a name, a count or a setting may be, the engine knows; here
// is their shape.

import * as z from 'zod';
import { topicConfigs } from '../../log/topic-configs.ts';
import { boundedList } from './bounded-list.ts';

/** Twice what there is: a request may name some again, and none needs more. */
const configsMax = 2 * Object.keys(topicConfigs).length;

const configValue = z.strictObject({ name: z.string(), value: z.string() });

export const createTopicBody = z.strictObject({
  topic_name: z.string(),
  partitions_count: z.int().nullish(),
  /** Taken and not used: the object store keeps copies. */
  replication_factor: z.int().min(-1).max(32_767).nullish(),
  configs: boundedList(configValue, { max: configsMax }).nullish(),
  validate_only: z.boolean().nullish(),
});

export const growTopicBody = z.strictObject({ partitions_count: z.int() });

export const setConfigBody = z.strictObject({ value: z.string() });

export const alterConfigsBody = z.strictObject({
  data: boundedList(
    z.strictObject({
      name: z.string(),
      value: z.string().nullish(),
      operation: z.enum(['SET', 'DELETE']).nullish(),
    }),
    { min: 1, max: configsMax },
  ),
  validate_only: z.boolean().nullish(),
});
